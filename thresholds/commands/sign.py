"""`thresholds sign RULESET`: puts a ruleset in force, withdraws it, or shows what was signed and whether it holds."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from thresholds.commands.answer import Answer
from thresholds.commands.compare import named_ruleset
from thresholds.errors import Fault, SignOffRefused, ThresholdsError
from thresholds.language.model.signoff import Approval, Withdrawal
from thresholds.language.standing import SHOWN
from thresholds.policy.signing import LARGEST_REPORT, MakeReport, Proposal, Report, sign, withdraw
from thresholds.present.blocks import Block, Gap, Heading, Line, Title
from thresholds.present.words import RULESET_STATUS, counted, day, sentence
from thresholds.ruleset import Ruleset, load

_SAID = {
    "proposer": "--proposer",
    "reason": "--reason",
    "equality_outcome": "--equality-screening",
    "equality_reference": "--equality-reference",
    "approver": "--approver",
    "minute": "--minute",
    "effective_from": "--effective-from",
    "review_by": "--review-by",
}
"""What puts a ruleset in force, and the option that gives it."""
_SAID_TO_WITHDRAW = ("reason", "approver", "minute")
_EXAMPLE = (
    'thresholds sign our_thresholds --proposer "policy officer" --reason "attendance limit follows the new guidance" '
    '--equality-screening "no group is worse off" --equality-reference "EQ 2016/12" '
    '--approver "head of safeguarding" --minute "board of 5 July 2016, item 4" '
    "--effective-from 2016-09-01 --review-by 2017-09-01 --compared-with our_thresholds_2015 --report compare.html"
)
_EXAMPLE_TO_WITHDRAW = (
    'thresholds sign our_thresholds --withdraw --reason "replaced by the new edition" '
    '--approver "head of safeguarding" --minute "board of 4 July 2017, item 2"'
)


def answer(arguments: argparse.Namespace) -> Answer:
    """Status 1 where a sign-off shown no longer holds, or where the ruleset is not fit to be signed."""
    if arguments.show:
        _only(arguments, ())
        return _shown(arguments, load(arguments.ruleset))
    if arguments.withdraw:
        _only(arguments, _SAID_TO_WITHDRAW)
        _complete(arguments, _SAID_TO_WITHDRAW, _EXAMPLE_TO_WITHDRAW)
        texts = {name: getattr(arguments, name) for name in _SAID_TO_WITHDRAW}
        return _signed(arguments, lambda: withdraw(arguments.ruleset, on=arguments.on or date.today(), **texts))
    _complete(arguments, _SAID, _EXAMPLE)
    proposal = Proposal(**{name: getattr(arguments, name) for name in _SAID}, signed_on=arguments.on or date.today())
    if faults := proposal.faults():
        raise SignOffRefused(arguments.ruleset, [_of_option(fault) for fault in faults])
    old = named_ruleset(arguments.compared_with) if arguments.compared_with else None
    report = _report(arguments.report) if arguments.report else _comparing(arguments) if old is not None else None
    seconds = arguments.seconds
    return _signed(
        arguments, lambda: sign(arguments.ruleset, proposal, compared_with=old, report=report, seconds=seconds)
    )


# --- what was asked for ---------------------------------------------------------------------------


def _complete(arguments: argparse.Namespace, wanted: Sequence[str] | dict[str, str], example: str) -> None:
    """One message for all that is missing."""
    missing = [_SAID[name] for name in wanted if getattr(arguments, name) is None]
    if wanted is _SAID:
        compared = (arguments.compared_with is not None, arguments.report is not None)
        if arguments.first and any(compared):
            message = "--first does not go with --compared-with and --report"
            raise ThresholdsError(message, "a first version has nothing to be compared with")
        if not arguments.first and not compared[0]:
            missing.append("--compared-with (or --first, where there was no version before)")
    if missing:
        done = "sign" if wanted is _SAID else "withdraw"
        raise ThresholdsError(f"to {done}, give also {', '.join(missing)}", f"for example: {example}")


def _only(arguments: argparse.Namespace, wanted: Sequence[str]) -> None:
    """What does not go with `--show` or `--withdraw` is told, never left out in silence."""
    options = {**_SAID, "compared_with": "--compared-with", "report": "--report", "on": "--on"}
    kept = {*wanted, "on"} if wanted else set()
    wrong = [option for name, option in options.items() if name not in kept and getattr(arguments, name) is not None]
    wrong += ["--first"] if arguments.first else []
    wrong += ["--withdraw"] if arguments.show and arguments.withdraw else []
    if wrong:
        asked = "--show" if arguments.show else "--withdraw"
        raise ThresholdsError(f"{asked} does not go with {', '.join(wrong)}", "leave them out, or leave it out")


def _of_option(fault: Fault) -> Fault:
    return Fault(_SAID.get(fault.field, fault.field), fault.message, fault.help)


def _report(file: str) -> MakeReport:
    """The report in a file, read before anything is checked or written; it must name both by their content."""
    try:
        with open(file, "rb") as source:
            content = source.read(LARGEST_REPORT + 1)
    except OSError as error:
        message = f"the report cannot be read ({error.strerror or type(error).__name__})"
        raise ThresholdsError(message, "give the file that `thresholds compare` wrote") from None
    report = Report(Path(file).name, content)

    def about(new: Ruleset, old: Ruleset) -> Report:
        for one in (old, new):
            if one.hash[:12].encode() not in content:
                message = f"the report does not speak of {one.name}, edition {one.edition}, content {one.hash[:12]}"
                raise ThresholdsError(message, "give the file that `thresholds compare` wrote of these two, or none")
        return report

    return about


def _comparing(arguments: argparse.Namespace) -> MakeReport:
    """The report of `thresholds compare`, made for the days on which the ruleset is to be in force."""

    def make(new: Ruleset, old: Ruleset) -> Report:
        from thresholds.policy.compare import compare
        from thresholds.policy.searching import Patience
        from thresholds.present.comparison import comparison_page

        names = (arguments.compared_with, arguments.ruleset)
        start, end = (date.fromisoformat(str(one)) for one in (arguments.effective_from, arguments.review_by))
        found = compare(old, new, start, patience=Patience(arguments.seconds), until=end)
        return Report("compare.html", comparison_page(found, names).encode())

    return make


# --- what is answered -----------------------------------------------------------------------------


def _signed(arguments: argparse.Namespace, make: Callable[[], Approval | Withdrawal]) -> Answer:
    try:
        record = make()
    except SignOffRefused as refused:
        return _refused(arguments, refused)
    except OSError as error:
        message = f"the sign-off cannot be written ({error.strerror or type(error).__name__}); nothing was signed"
        raise ThresholdsError(message, "you need to be able to write in the ruleset's folder") from None
    ruleset = load(arguments.ruleset)
    if arguments.json:
        return Answer(0, data=_data(ruleset) | {"record": _record_data(record)})
    return Answer(0, blocks=list(_done(ruleset, record)))


def _done(ruleset: Ruleset, record: Approval | Withdrawal) -> Iterator[Block]:
    if isinstance(record, Withdrawal):
        yield Title(f"{ruleset.name}, {record.edition}: withdrawn")
    else:
        yield Title(f"{ruleset.name}, {record.edition}: in force from {day(record.effective_from)}")
    yield from _record(record)
    yield Gap()
    yield Line(record.seal, lead="Keep this seal with the minutes:", tone="strong")
    if isinstance(record, Withdrawal):
        yield Line("The withdrawal counts at once.")
        return
    yield Line(
        "From now on any change to what the files say makes it a draft again, until it is signed anew. Comments, "
        "layout, the order of entries and the names of files make no difference."
    )
    if ruleset.definition.header.status == "draft":
        yield Line("ruleset.yaml still says `status: draft`. You may write `in_force` there: that word was not signed.")


def _refused(arguments: argparse.Namespace, refused: SignOffRefused) -> Answer:
    if arguments.json:
        faults = [{"field": one.field, "message": one.message, "help": one.help} for one in refused.faults]
        return Answer(1, data={"ruleset": refused.name, "refused": faults})
    blocks: list[Block] = [Title(f"{refused.name}: not signed, for {counted(len(refused.faults), 'reason')}")]
    for fault in refused.faults:
        blocks += [Line(fault.message, lead=f"{fault.field}:", tone="strong"), Line(fault.help, depth=2), Gap()]
    return Answer(1, blocks=blocks)


def _shown(arguments: argparse.Namespace, ruleset: Ruleset) -> Answer:
    status = 1 if ruleset.standing.findings else 0
    return Answer(status, data=_data(ruleset)) if arguments.json else Answer(status, blocks=list(_history(ruleset)))


def _data(ruleset: Ruleset) -> dict[str, Any]:
    return {
        "ruleset": ruleset.name,
        "edition": ruleset.edition,
        "status": ruleset.status,
        "hash": ruleset.content_hash,
        "records": [_record_data(record) for record in ruleset.sign_offs.records],
        "findings": [
            {
                "file": one.place.file,
                "line": one.place.line,
                "column": one.place.column,
                "message": one.message,
                "help": one.help,
            }
            for one in ruleset.standing.findings
        ],
    }


def _record_data(record: Approval | Withdrawal) -> dict[str, Any]:
    return record.model_dump(mode="json", exclude={"place"}, exclude_none=True)


def _history(ruleset: Ruleset) -> Iterator[Block]:
    standing = ruleset.standing
    yield Title(f"{ruleset.name}, {ruleset.edition}: {RULESET_STATUS[standing.status]}")
    for finding in standing.findings:
        yield Line(f"{finding.place}: {sentence(finding.message)}", tone="attention")
        yield Line(sentence(finding.help), depth=1)
    if not ruleset.sign_offs.records:
        yield Line("Nobody has signed it off.")
    yield Line(ruleset.content_hash, lead="What it says now:", tone="quiet")
    for number, record in enumerate(ruleset.sign_offs.records, start=1):
        verb = "approved" if isinstance(record, Approval) else "withdrawn"
        yield Heading(f"{number}. {record.edition}: {verb} on {day(record.signed_on)}")
        yield from _record(record)
        yield Line(record.seal[:SHOWN], lead="Seal:", tone="quiet")


def _record(record: Approval | Withdrawal) -> Iterator[Block]:
    yield Line(sentence(record.reason), lead="Reason:")
    if isinstance(record, Approval):
        screening = record.equality_screening
        yield Line(f"{sentence(screening.outcome)} ({screening.reference})", lead="Equality screening:")
        yield Line(f"{record.proposer}; approved by {record.approver}", lead="Proposed by:")
    else:
        yield Line(record.approver, lead="Withdrawn by:")
    yield Line(record.minute, lead="Minute:")
    if isinstance(record, Approval):
        dates = f"from {day(record.effective_from)}; to be reviewed by {day(record.review_by)}"
        yield Line(dates, lead="In force:")
        if record.compared_with is not None and record.report is not None:
            old = record.compared_with
            at = f", as at {day(old.as_at)}" if old.as_at is not None else ""
            yield Line(
                f"{old.name}, {old.edition}{at} ({old.hash[:SHOWN]}): {record.report.file}", lead="Compared with:"
            )
        else:
            yield Line("This is the first version: there was none to compare with.")
        made = record.checked
        proved = f"{counted(made.statements, 'statement')} proved" if made.statements else "no statement to prove"
        yield Line(
            f"{counted(made.worked_examples, 'worked example')} answered as expected, {proved} "
            f"(thresholds {made.library})",
            lead="Checked:",
        )
    yield Line(record.hash, lead="Content:", tone="quiet")
