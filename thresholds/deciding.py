"""From which rules hold to the decision: tier, floor and ceiling, responses, what awaits a person, questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from thresholds import wording
from thresholds.asking import Asker, Unknown
from thresholds.assessment import Assessment, Consent, Observation
from thresholds.compiled import as_bits, bits_of
from thresholds.decision import Awaiting, Decision, Reason, Record, ResponseCalled, Status
from thresholds.engines.bitmap import Bitmaps, Worked
from thresholds.engines.inference import Inference
from thresholds.engines.reference import Reading, evaluate
from thresholds.explaining import Explainer
from thresholds.knowledge import Knowledge
from thresholds.language.conditions import Truth, every_test
from thresholds.language.definition import Definition, InForce
from thresholds.language.model import (
    CONFIDENCES,
    GROUPS,
    TIERS,
    WEIGHTS,
    Confidence,
    Group,
    Response,
    Rule,
    Tier,
    Weight,
    covered_by,
)

_TARGETED = TIERS.index("targeted")
_SPECIALIST = TIERS.index("specialist")
_NONE = -1
UNSEEN = " (somebody says so; until it has been seen it changes no answer)"


class Decider:
    """Makes the decisions of one ruleset in force."""

    def __init__(self, definition: Definition, bitmaps: Bitmaps) -> None:
        self.ruleset = ruleset = bitmaps.program.ruleset
        self.reach = [reach_of(rule, ruleset) for rule in ruleset.rules]
        self.reaching = [as_bits(reach >= tier for reach in self.reach) for tier in range(len(TIERS))]
        self.overriding = as_bits(rule.overriding for rule in ruleset.rules)
        self._reads = {
            number: frozenset(test.name for test, positive in every_test(rule.when) if positive)
            for number, rule in enumerate(ruleset.rules)
            if rule.overriding
        }
        self._services = definition.services
        self.asker = Asker(bitmaps, self.reaching)
        self.explainer = Explainer(definition, ruleset)
        self.covered_by = covered_by(ruleset.responses)
        self._gives = [_gives(rule, tuple(ruleset.responses)) for rule in ruleset.rules]
        self._impossible = [
            (one, frozenset(test.name for test, _ in every_test(one.when))) for one in ruleset.impossible
        ]
        self._protective = [name for name, one in ruleset.indicators.items() if one.protective]
        self._order = {name: number for number, name in enumerate(_most_pressing_first(ruleset.responses))}

    def decide(self, assessment: Assessment, knowledge: Knowledge, worked: Worked, record: Record) -> Decision:
        """The decision for one child."""
        rules, inference = self.ruleset.rules, worked.inference
        inside = any(truth is not False for truth in worked.scope.values())
        urgent = self._urgent(knowledge, inference)
        weights = self._weights(inference.established, urgent)
        tier = self._tier(assessment, knowledge, inference, urgent, worked.scope)
        floor, ceiling = max(self.highest(inference.certain), 0), max(self.highest(inference.possible), 0)
        refer_now = bool(inference.established & self.overriding)
        absorbed = self._absorbed(weights)
        holding = sorted(
            bits_of(inference.established),
            key=lambda number: (not rules[number].overriding, -self.reach[number], rules[number].id),
        )
        reasons = self.explainer.reasons(
            [(rules[number], bool(inference.certain >> number & 1)) for number in holding],
            knowledge,
            worked.scope,
            worked.counts,
        )
        topics = self.asker.topics(knowledge, worked, self._cannot_change(inference))
        settled = tier is not None and floor == ceiling == TIERS.index(tier)
        return Decision(
            status=_status(inside, tier, settled),
            tier=tier,
            floor=TIERS[floor] if inside else None,
            ceiling=TIERS[ceiling] if inside else None,
            ceiling_by_topic=self._ceiling_by_topic(topics),
            provisional=inside and not settled,
            responses=weights,
            absorbed=absorbed,
            called_for=tuple(self._called(name, weights[name], absorbed.get(name)) for name in weights),
            awaiting=self._awaiting(weights, inference.established, urgent, knowledge),
            findings=self._findings(reasons),
            reasons=reasons,
            questions=self.asker.questions(topics, knowledge, urgent, refer_now) if inside else (),
            conflicts=tuple(self._conflicts(knowledge, worked.scope)),
            recorded_as_past=tuple(
                self.ruleset.indicators[name].label
                for name, observations in sorted(knowledge.current.items())
                if self.ruleset.indicators[name].kind != "events"
                and any(observation.status == "past" for observation, _ in observations)
            ),
            strengths=tuple(
                self.ruleset.indicators[name].label + (UNSEEN if name in knowledge.hearsay else "")
                for name in self._protective
                if name in knowledge.there or name in knowledge.hearsay
            ),
            scope=tuple(group for group in GROUPS if worked.scope[group]),
            scope_note="" if any(worked.scope.values()) else self.ruleset.scope.outside_scope,
            consent=assessment.consent,
            consent_note=_consent_note(assessment.consent, weights, absorbed, self.ruleset.responses),
            refer_now=refer_now,
            weakest_basis=_weakest(reasons),
            reporter_role=assessment.reporter_role,
            reference=assessment.reference,
            record=record,
        )

    def highest(self, bits: int) -> int:
        """The position of the highest tier that some of these rules give; -1 for none."""
        return next((tier for tier in reversed(range(len(TIERS))) if bits & self.reaching[tier]), _NONE)

    def _ceiling_by_topic(self, topics: Mapping[str, Unknown]) -> dict[str, Tier]:
        reached = {topic: self.highest(one.rules) for topic, one in sorted(topics.items())}
        return {topic: TIERS[tier] for topic, tier in reached.items() if tier >= 0}

    def _urgent(self, knowledge: Knowledge, inference: Inference) -> int:
        """Overriding rules that are possible and not established, while one of their related signs is known.

        That what such a rule reads was so in the past is a sign of it.
        """
        urgent, past = 0, knowledge.past
        if not knowledge.there and not past:
            return 0
        for number in bits_of(inference.possible & ~inference.established & self.overriding):
            if not (
                knowledge.there.isdisjoint(self.ruleset.rules[number].related) and past.isdisjoint(self._reads[number])
            ):
                urgent |= 1 << number
        return urgent

    def _tier(
        self,
        assessment: Assessment,
        knowledge: Knowledge,
        inference: Inference,
        urgent: int,
        scope: Mapping[Group, Truth],
    ) -> Tier | None:
        """None outside scope, and where universal would be no finding: not for somebody who may not be covered."""
        if all(truth is False for truth in scope.values()):
            return None
        covered = any(truth is True for truth in scope.values())
        highest = max(self.highest(inference.established), _TARGETED if urgent else _NONE)
        danger_open = bool(inference.possible & self.overriding)
        said = (name for name, observed in knowledge.current.items() if any(value is not None for _, value in observed))
        nothing_known = not assessment.looked_at and all(self.ruleset.indicators[name].context for name in said)
        if highest <= 0 and (danger_open or not covered or (nothing_known and highest < 0)):
            return None
        return TIERS[max(highest, 0)]

    def _weights(self, established: int, urgent: int) -> dict[str, Weight]:
        """Every response called for with its strongest weight, the most pressing first."""
        weights: dict[str, Weight] = {}
        for number in bits_of(established):
            for name, weight in self.ruleset.rules[number].responses.items():
                weights[name] = max(weights.get(name, weight), weight, key=WEIGHTS.index)
        for number in bits_of(urgent):
            for name, weight in self.ruleset.rules[number].responses.items():
                if weight == "points_to" and self.ruleset.responses[name].tier == "specialist":
                    weights[name] = max(weights.get(name, "consider"), "consider", key=WEIGHTS.index)
        return dict(sorted(weights.items(), key=lambda item: (-WEIGHTS.index(item[1]), self._order[item[0]])))

    def _absorbed(self, weights: Mapping[str, Weight]) -> dict[str, str]:
        """Responses that another, pointed to, covers: one that is itself not covered."""
        covers = {
            name: found
            for name in weights
            if (found := [one for one in self.covered_by.get(name, ()) if weights.get(one) == "points_to"])
        }
        return {name: next((one for one in found if one not in covers), found[0]) for name, found in covers.items()}

    def _called(self, name: str, weight: Weight, absorbed_by: str | None) -> ResponseCalled:
        response, roles = self.ruleset.responses[name], self.ruleset.roles
        return ResponseCalled(
            response=name,
            label=response.label,
            meaning=response.meaning,
            weight=weight,
            tier=response.tier,
            absorbed_by=absorbed_by,
            assessment=response.assessment,
            lead=roles[response.lead].label,
            decided_by=roles[response.decided_by].label,
            consent=response.consent_note or wording.CONSENT[response.consent],
            first_step=response.first_step,
            services=tuple(self._services[one].label for one in response.services),
        )

    def _awaiting(
        self,
        weights: Mapping[str, Weight],
        established: int,
        urgent: int,
        knowledge: Knowledge,
    ) -> tuple[Awaiting, ...]:
        """What a person has to decide: considered rules that hold, dangers not ruled out of which a sign is known."""
        responses, rules = self.ruleset.responses, self.ruleset.rules
        found = []
        for name, weight in weights.items():
            if weight != "consider" or responses[name].tier != "specialist":
                continue
            holding = [
                rules[number] for number in bits_of(established) if rules[number].responses.get(name) == "consider"
            ]
            open_numbers = [number for number in bits_of(urgent) if name in rules[number].responses]
            open_dangers = [rules[number] for number in open_numbers]
            signs = {sign for rule in open_dangers for sign in rule.related if sign in knowledge.there}
            signs |= {sign for number in open_numbers for sign in self._reads[number] if sign in knowledge.past}
            found.append(
                Awaiting(
                    response=name,
                    label=responses[name].label,
                    decided_by=self.ruleset.roles[responses[name].decided_by].label,
                    rules=tuple(rule.id for rule in (*holding, *open_dangers)),
                    because=tuple(rule.title for rule in holding),
                    not_ruled_out=tuple(rule.title for rule in open_dangers),
                    signs=tuple(self.ruleset.indicators[sign].label for sign in sorted(signs)),
                )
            )
        return tuple(found)

    def _cannot_change(self, inference: Inference) -> int:
        """Rules all of whose responses are certain already, at least as strongly."""
        given = 0
        for number in bits_of(inference.certain):
            given |= self._gives[number]
        idle = 0
        open_danger = self.overriding & ~inference.established  # to be asked about, whatever else is called for
        for number in bits_of(inference.possible & ~inference.certain & ~open_danger):
            if not self._gives[number] & ~given:
                idle |= 1 << number
        return idle

    def _findings(self, reasons: Iterable[Reason]) -> dict[str, str]:
        found = sorted({name for reason in reasons for name in reason.findings})
        return {name: self.ruleset.findings[name].label for name in found}

    def _conflicts(self, knowledge: Knowledge, scope: dict[Group, Truth]) -> Iterable[str]:
        for name, observations in sorted(knowledge.current.items()):
            evidence = knowledge.evidence(name) if len(observations) > 1 else None
            if evidence is not None and evidence.disagreement:
                label = self.ruleset.indicators[name].label
                counts = "that it is there" if self.ruleset.indicators[name].worse_is_higher is None else "the worst"
                yield f"Observations of this disagree, and {counts} counts: {label}"
            if any(value is None and _in_sessions(observation) for observation, value in observations):
                label = self.ruleset.indicators[name].label
                yield f"Too few sessions to say anything, so it counts as not known: {label}"
        reading = Reading(knowledge, scope)
        for one, names in self._impossible:
            if not names.isdisjoint(knowledge.current) and evaluate(one.when, reading) is True:
                yield f"This cannot all be so, so something is recorded wrongly: {one.because}"


def _in_sessions(observation: Observation) -> bool:
    current = observation.status == "current"
    return current and isinstance(observation.value, Mapping) and "possible" in observation.value


def _status(inside: bool, tier: Tier | None, settled: bool) -> Status:
    if not inside:
        return "outside_scope"
    if tier is None:
        return "not_enough_known"
    return "settled" if settled else "provisional"


def reach_of(rule: Rule, ruleset: InForce) -> int:
    """The position of the highest tier a rule gives: `consider` counts as targeted at most; -1 for none."""
    reach = _NONE
    for name, weight in rule.responses.items():
        tier = ruleset.responses[name].tier
        if tier == "beside" or weight == "offer":
            continue
        position = TIERS.index(tier)
        reach = max(reach, min(position, _TARGETED) if weight == "consider" else position)
    return reach


def _gives(rule: Rule, responses: tuple[str, ...]) -> int:
    """What a rule gives as bits: a response at one weight, and with it at every weaker one."""
    bits = 0
    for name, weight in rule.responses.items():
        bits |= (2 << WEIGHTS.index(weight)) - 1 << len(WEIGHTS) * responses.index(name)
    return bits


def _most_pressing_first(responses: Mapping[str, Response]) -> list[str]:
    ladder = {"specialist": 0, "targeted": 1, "universal": 2, "beside": 3}

    def rank(name: str) -> tuple[bool, int, str]:
        return not responses[name].immediate, ladder[responses[name].tier], name

    return sorted(responses, key=rank)


def _consent_note(
    consent: Consent, weights: Mapping[str, Weight], absorbed: Mapping[str, str], responses: Mapping[str, Response]
) -> str:
    """What consent means for what can be done: never for the level of need."""
    called = [responses[name] for name in weights if name not in absorbed]
    needing = [response.label for response in called if response.consent in ("required", "seek")]
    free = [response.label for response in called if response.consent == "not_required"]
    notes = []
    if free:
        notes.append(f"Does not wait for agreement: {', '.join(free)}.")
    if consent == "refused" and needing:
        notes.append(
            f"The family does not agree, so this cannot start as voluntary help: {', '.join(needing)}. The need "
            "stays as it is. Record the refusal and its reason, keep offering universal help, and weigh again "
            "whether harm becomes likely without help; a refusal alone raises nothing."
        )
    elif consent == "unsafe_to_seek" and called:
        notes.append("Seeking agreement was judged unsafe: take advice before the family is approached.")
    elif consent in ("not_sought", "not_recorded") and needing:
        notes.append(f"Agreement still has to be sought for: {', '.join(needing)}.")
    return " ".join(notes)


def _weakest(reasons: Iterable[Reason]) -> Confidence | None:
    found = [max(reason.test_confidence, reason.response_confidence, key=CONFIDENCES.index) for reason in reasons]
    return max(found, key=CONFIDENCES.index) if found else None
