"""A fenced durable_rules Rete network over small integers: which conjunctions hold for the ranges known.

Only the C module of durable_rules 2.0.28 is used, inside limits read in its source and measured:
* A node may have 511 next nodes (at 512 it never returns) and 255 rules (at 256 it reads on past its list: rules
  fire that must not, or the process dies; error 108 comes at 257). Bodies are shared out over rulesets below that.
* Taking back the facts of a rule that fired, it reads on past its record of them. With up to four facts that ends
  in the same block of memory, with more it need not (valgrind shows it): longer bodies are cut into parts.
* A variable is one fact with a fixed id, `{"id":"v7","v7":2,"to":3}`. Each condition first asks whether the fact is
  of its variable: the 511 then count variables, and no fact is compared with the limits of another.
* Names are known by a 32-bit hash: hashes are checked, and chosen so that what every fact carries meets nothing.
* Facts go in, and out, in one call. What it cannot read ends such a list silently, and a session left in the middle
  says nothing for a minute: so the last fact of every list must fire the last rule.
"""

from __future__ import annotations

import functools
import importlib
import itertools
import json
import operator
import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thresholds.errors import DurableFault, ThresholdsError
from thresholds.errors import EngineUnavailable as DurableUnavailable

__all__ = ["Body", "Condition", "DurableFault", "DurableUnavailable", "Network", "NetworkPool", "available"]

MOST_VARIABLES = 400  # in one ruleset, of 511
MOST_CONDITIONS = 30  # on one variable in one ruleset: at most 60 nodes, of 64 true at once on one fact
MOST_USES = 200  # of one condition in one ruleset, of 255
MOST_RULES = 1_000  # in one ruleset, of 4,095: the engine looks through them all for each one that fires
MOST_JOINED = 4  # facts in one rule: see above; more than 16 are an error
MOST_REMEMBERED = 10_000  # ranges whose facts are kept as text: odd ranges must not fill the memory
OPEN = 2**31  # stands for the limit of an open side; all numbers lie within
_RESERVED = ("id", "sid", "to", "seen", "$s")  # of 32 starting places in a node the first four have 0, 15, 4, 10
_SEEN = '{"id":"seen","seen":1}'
_MEANING = {
    1: "a fact met no condition where it should meet one",
    2: "a fact was there already",
    101: "out of memory",
    106: "more than 4,095 rules in a ruleset, or 511 comparisons at one node",
    107: "more than 128 not-exists conditions",
    108: "more than 255 rules on one condition",
    204: "a rule or fact it cannot read",
    302: "more than 252 attributes on a fact",
    303: "more than 64 conditions true at once on one fact",
    304: "more than 16 facts joined in one rule",
    309: "no such session",
}


def _load() -> Any:
    """The C module, or None where it cannot be imported."""
    set_flags: Any = getattr(sys, "setdlopenflags", lambda _: None)  # Windows has neither function
    flags = getattr(sys, "getdlopenflags", int)()
    set_flags(getattr(os, "RTLD_LAZY", 0))  # CPython 3.13 lacks a function that is never called here
    try:
        return importlib.import_module("durable_rules_engine")
    except ImportError:
        return None
    finally:
        set_flags(flags)


_core = _load()


def available() -> bool:
    """Whether durable_rules can be used here."""
    return _core is not None


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds when the known range of a variable lies in [at_least, at_most]; None leaves that side open."""

    variable: int
    at_least: int | None
    at_most: int | None


Body = tuple[Condition, ...]
_Limits = tuple[int, int, int]  # variable, at least, at most


def _fault(said: object, code: int | None = None) -> DurableFault:
    """The named fault for what the C module raised or answered."""
    number = str(said).rpartition("error code: ")[2]
    code = 101 if isinstance(said, MemoryError) else int(number) if number.isdigit() else code
    cause = said if code is None else f"{_MEANING.get(code, 'a number without a name')} (code {code})"
    help_ = 'ask the engine "reference" or "bitmap", and report this; the next match starts from new rulesets'
    return DurableFault(f"durable_rules gave no answer: {cause}", help_, code)


def _small(value: int) -> int:
    """A whole number the engine compares exactly; TypeError for what is no whole number."""
    number = int(operator.index(value))
    if abs(number) >= OPEN:
        raise ThresholdsError("a number is too large for durable_rules", f"it must lie between ±{OPEN:,}")
    return number


def _hash(name: str) -> int:
    """The 32-bit FNV-1a hash by which durable_rules knows a name."""
    return functools.reduce(lambda so_far, b: (so_far ^ b) * 16777619 & 0xFFFFFFFF, name.encode(), 2166136261)


def _names(variables: Iterable[int]) -> dict[int, str]:
    """A name for each variable: no two with one hash, each with a starting place of 16 or more."""
    taken, names = {_hash(word) for word in _RESERVED}, {}
    for variable in sorted(variables):
        tries = (f"v{variable}x{n}" for n in itertools.count())
        names[variable] = next(name for name in tries if _hash(name) % 32 >= 16 and _hash(name) not in taken)
        taken.add(_hash(names[variable]))
    return names


def _tidy(body: Body) -> tuple[_Limits, ...]:
    """The body with one condition for each variable, sorted, in numbers the engine can take."""
    limits: dict[int, tuple[int, int]] = {}
    for c in body:
        low, high = limits.get(c.variable, (-OPEN, OPEN))
        low = low if c.at_least is None else max(low, _small(c.at_least))
        limits[_small(c.variable)] = low, high if c.at_most is None else min(high, _small(c.at_most))
    if not limits:
        raise ThresholdsError("a body has no condition", "what always holds needs no network")
    return tuple((variable, *both) for variable, both in sorted(limits.items()))


class _Ruleset:
    """One durable ruleset with its one session: a share of the rules, and the facts they read."""

    def __init__(self, names: Mapping[int, str], last: str) -> None:
        self.names, self.last = names, last
        self.rules: dict[str, Any] = {}
        self.uses: dict[int, Counter[_Limits]] = {}  # variable -> how often each condition on it is used
        self.handle: int | None = None

    def takes(self, rule: str, part: tuple[_Limits, ...]) -> bool:
        """Take a rule in, unless a limit forbids it."""
        there = [(c, self.uses.get(c[0], Counter())) for c in part]
        variables = len(self.uses) + sum(not on for _, on in there)
        full = any(on[c] >= MOST_USES or (not on[c] and len(on) >= MOST_CONDITIONS) for c, on in there)
        if full or variables > MOST_VARIABLES or len(self.rules) >= MOST_RULES:
            return False
        for c in part:
            self.uses.setdefault(c[0], Counter())[c] += 1
        self.rules[rule] = {"all": [{f"m{place}": self._pattern(*c)} for place, c in enumerate(part)]}
        return True

    def _pattern(self, variable: int, at_least: int, at_most: int) -> dict[str, Any]:
        low = [{"$gte": {self.names[variable]: at_least}}] if at_least > -OPEN else []
        high = [{"$lte": {"to": at_most}}] if at_most < OPEN else []
        return {"$and": [{"$ex": {self.names[variable]: 1}}, *low, *high]}

    def reads(self, variable: int, low: int, high: int) -> bool:
        """Whether a condition here holds for a range."""
        return any(low >= at_least and high <= at_most for _, at_least, at_most in self.uses.get(variable, ()))

    def open(self) -> None:
        """Make it anew, and let an action run: until then its session holds a pointer that was never set."""
        self.close()
        rules = {**self.rules, self.last: {"all": [{"m": {"$ex": {"seen": 1}}}]}}
        handle = _core.create_ruleset("network", json.dumps(rules, separators=(",", ":")))
        self.run(handle, [])
        self.handle = handle

    def run(self, handle: int | None, facts: list[str]) -> list[str]:
        """The rules that fire on these facts; none of the facts is left afterwards."""
        complete, end = _core.complete_and_start_action, 2 + len(self.last)
        text = f"[{','.join([*facts, _SEEN])}]"
        fired = []
        code = _core.assert_facts(handle, text)[0]  # its session is always 1, but unset if nothing could be read
        message = (_core.start_action_for_state(handle, 1) or ("", ""))[1]
        while message:  # {"0012":{"m0":… and all rules have names of one length
            fired.append(message[2:end])
            message = complete(handle, 1)
        code = code or _core.retract_facts(handle, text)[0]
        if code or not fired or fired.pop() != self.last:
            raise _fault("it did not take in every fact", code or None)
        return fired

    def close(self) -> None:
        """Free its memory. One whose opening was broken off leaks: to delete it may end the process."""
        handle, self.handle = self.handle, None
        if handle is not None:
            _core.delete_state(handle, None)
            _core.delete_ruleset(handle)


class Network:
    """Bodies held in durable_rules, for one thread at a time: a second in the middle of a match is refused.
    After an exception in the middle of a match, KeyboardInterrupt too, the next starts from new rulesets.
    """

    def __init__(self, bodies: Sequence[Body]) -> None:
        if not available():
            raise DurableUnavailable("durable_rules cannot be imported here", 'use "reference" or "bitmap"')
        self._busy = self._clean = False  # in a match, or closed; no fact is left in the engine
        self._rulesets: list[_Ruleset] = []
        self._facts: dict[tuple[int, tuple[int, int]], list[tuple[int, str]]] = {}
        self._decides: dict[str, list[tuple[set[str], list[int]]]] = {}  # rule -> others needed, bodies
        self._share_out(bodies)
        self.matches({})

    def _share_out(self, bodies: Sequence[Body]) -> None:
        """Make the bodies into rules, and lay each rule into the first ruleset that takes it."""
        same: dict[tuple[_Limits, ...], list[int]] = {}
        for index, body in enumerate(bodies):
            same.setdefault(_tidy(body), []).append(index)
        uses = Counter(itertools.chain(*same))
        cut = []
        for tidied, indices in same.items():
            first, *rest = sorted(tidied, key=lambda c: (uses[c], c))  # the rarest: others are joined if it holds
            starts = range(0, len(rest) or 1, MOST_JOINED - 1)
            cut.append(([(first, *rest[at : at + MOST_JOINED - 1]) for at in starts], indices))
        parts = sorted({part for pieces, _ in cut for part in pieces})
        self._names, width = _names({c[0] for c in uses}), len(str(len(parts)))
        rules = {part: f"{number:0{width}}" for number, part in enumerate(parts, start=1)}
        for part, rule in rules.items():
            if not any(ruleset.takes(rule, part) for ruleset in self._rulesets):
                self._rulesets.append(_Ruleset(self._names, "0" * width))
                self._rulesets[-1].takes(rule, part)
        for (part, *others), indices in cut:
            self._decides.setdefault(rules[part], []).append(({rules[other] for other in others}, indices))

    def _learn(self, item: tuple[int, tuple[int, int]]) -> list[tuple[int, str]]:
        """The fact for a known range, with each ruleset where it can matter; remembered."""
        (low, high), name = map(_small, item[1]), self._names.get(item[0])
        fact = f'{{"id":"{name}","{name}":{low},"to":{high}}}'
        if len(self._facts) >= MOST_REMEMBERED:
            self._facts.clear()
        readers = [n for n, ruleset in enumerate(self._rulesets) if ruleset.reads(item[0], low, high)]
        return self._facts.setdefault(item, [(n, fact) for n in readers])

    def matches(self, ranges: Mapping[int, tuple[int, int]]) -> list[int]:
        """The indices of the bodies that hold, ascending. No condition holds on a variable left out."""
        if self._busy:
            raise ThresholdsError("this Network is closed, or in a match", "threads share a NetworkPool")
        self._busy = True
        try:  # around a call: CPython 3.13.0 runs no `finally` for what a signal raises as a loop jumps back
            fired = self._fired(ranges)
        except (_core.error, MemoryError) as error:
            raise _fault(error) from None
        finally:
            self._busy = False
        rules = set(fired)
        decided = itertools.chain.from_iterable(self._decides.get(rule, ()) for rule in fired)
        return sorted(index for others, indices in decided if others <= rules for index in indices)

    def _fired(self, ranges: Mapping[int, tuple[int, int]]) -> list[str]:
        """The rules that fire; `_clean` only where it came to its end."""
        if not self._clean:
            for ruleset in self._rulesets:
                ruleset.open()
        batches: list[list[str]] = [[] for _ in self._rulesets]
        for item in ranges.items():
            facts = self._facts.get(item)
            for number, fact in self._learn(item) if facts is None else facts:
                batches[number].append(fact)
        fired: list[str] = []
        self._clean = False
        for ruleset, batch in zip(self._rulesets, batches, strict=True):
            if batch:
                fired += ruleset.run(ruleset.handle, batch)
        self._clean = True
        return fired

    def close(self) -> None:
        """Free the engine's memory; no further match is possible. In the middle of a match, does nothing."""
        if not self._busy:
            self._busy = True
            for ruleset in self._rulesets:
                ruleset.close()

    def __del__(self) -> None:
        try:  # contextlib may be gone already when the interpreter ends
            self.close()
        except Exception:
            return


class NetworkPool:
    """Networks for the same bodies, lent to a thread for a match: as many as threads were matching at once."""

    def __init__(self, bodies: Sequence[Body]) -> None:
        self._bodies = tuple(bodies)
        self._idle: list[Network] = []

    def matches(self, ranges: Mapping[int, tuple[int, int]]) -> list[int]:
        """As `Network.matches`, from any thread."""
        try:
            network = self._idle.pop()
        except IndexError:
            network = Network(self._bodies)
        try:
            return network.matches(ranges)
        finally:
            self._idle.append(network)
