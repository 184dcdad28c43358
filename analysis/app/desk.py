"""The desk: takes answers from experts, keeps them, and says what they imply.

An answer is on the disk before anything is worked out from it. What is worked out depends on the
answers alone, so nothing of it is kept but in memory.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from takeoff.analysis.app.answers import Given, Said, said_by
from takeoff.analysis.app.asked import BINS, ITEMS, LEVELS, Item, item
from takeoff.analysis.app.base import Base
from takeoff.analysis.app.cloud import HEARD, SHOWN, Cloud
from takeoff.analysis.app.export import is_modelled, study_files, write_study
from takeoff.analysis.app.folder import Expert, Folder
from takeoff.analysis.app.live import Live, View
from takeoff.analysis.app.refits import Job, Refits
from takeoff.analysis.app.typed import Typed, read_chips, read_probability, read_quantiles
from takeoff.analysis.app.words import (
    about_implied,
    about_method,
    about_refit,
    about_shift,
    title_of,
)
from takeoff.analysis.wording import ends, probability
from takeoff.models.errors import InputError
from takeoff.models.outcomes import outcome

__all__ = ["Desk", "NotTakingPartError", "RoundClosedError"]

_ABOUT = (
    "Answers that experts gave in the takeoff app, each by a link of their own, to the "
    "questionnaire of takeoff and what else it asks. What was typed stands under note. Others' "
    "answers were hidden until a round was closed; round 2 holds what was answered again later. "
    "The camps' weights are those of the panel beside which they were asked."
)


class RoundClosedError(Exception):
    """The round is closed, so no answer is taken."""


class NotTakingPartError(Exception):
    """Who answers has not consented to how answers are kept."""


class Desk:
    """A panel being asked.

    Parameters
    ----------
    folder
        Where answers are kept.
    read
        Reads the fitted panel; called in the background, so that answers are taken at once.
    weights
        Weights of the fitted panel's camps.
    """

    def __init__(
        self, folder: Folder, read: Callable[[], Base], weights: Mapping[str, float]
    ) -> None:
        self.folder = folder
        self.weights = weights
        self.base: Base | None = None
        self.broken = ""
        self._live: Live | None = None
        self._refitted: dict[int, Live] = {}
        self._refits = Refits(self._arrived)
        self._locks: dict[int, threading.Lock] = defaultdict(threading.Lock)
        self._pictures: dict[int, tuple[Any, dict[str, Any]]] = {}
        self._started = threading.Thread(target=self._start, args=(read,), daemon=True)
        self._started.start()

    def wait(self) -> None:
        """Wait until the fitted panel has been read."""
        self._started.join()

    def stop(self) -> None:
        """Stop what runs in the background, and let go of the folder."""
        self._refits.stop()
        self.folder.release()

    def said(self, expert: Expert, through: int | None = None) -> Said:
        """Read what an expert has said, up to the end of a round if one is given."""
        return said_by(self.folder.journals[expert.number].entries, through)

    def consent(self, expert: Expert, camp: str) -> None:
        """Note that an expert takes part, and the camp, "" for none."""
        if camp and camp not in self.weights:
            raise InputError(f"{camp} is none of this panel's camps; choose one, or none")
        with self._locks[expert.number]:
            self._append(expert, {"what": "consent", "camp": camp})

    def answer(self, expert: Expert, sent: Mapping[str, Any]) -> str:
        """Keep what an expert gave, and say what has to be said of how it was taken.

        Parameters
        ----------
        expert
            Who.
        sent
            ``question``, ``given``, ``entry`` (a name of the sender's own, so that what is sent
            twice is kept once), ``tab``, and ``seen``, when what the tab showed was given.

        Raises
        ------
        NotTakingPartError, RoundClosedError
            If no answer is taken from them now.
        InputError
            If it is an answer to nothing that is asked.
        """
        found = item(str(sent.get("question", "")))
        if found is None:
            raise InputError("this question is not asked; load the page again")
        with self._locks[expert.number]:
            said = self.said(expert)
            if said.consented is None:
                raise NotTakingPartError
            if not self.folder.panel.is_open:
                raise RoundClosedError
            name = str(sent.get("entry", ""))[:64]
            entries = self.folder.journals[expert.number].entries
            if name and any(each.get("entry") == name for each in entries):
                return ""
            entry = {"entry": name, "tab": str(sent.get("tab", ""))[:64], "question": found.name}
            self._append(expert, entry | _read(found, sent.get("given")))
        return _crossed(said.given.get(found.name), entry["tab"], sent.get("seen"))

    def withdraw(self, expert: Expert) -> None:
        """Remove all that an expert said: answers, refits, and rows of the exported study."""
        with self._locks[expert.number]:
            self.folder.journals[expert.number].remove()
        self._refits.forget(expert.number)
        self._refitted.pop(expert.number, None)
        self._pictures.pop(expert.number, None)
        if (self.folder.path / "study").exists():
            self.export()

    def close_round(self) -> None:
        """Close the round, show all what all have said, and export it."""
        self.folder.close_round(_now())
        self.export()

    def export(self) -> int:
        """Write the answers of closed rounds as a study, of a lone expert also of the open one.

        Gives how many experts it holds.
        """
        panel = self.folder.panel
        last = panel.last_closed if len(panel.experts) > 1 else panel.round.number
        rounds = range(1, last + 1)
        experts = {
            each.name: [(number, self.said(each, number)) for number in rounds]
            for each in panel.experts
            if rounds and self.said(each, last).answers
        }
        files = study_files(experts, self.weights, _ABOUT)
        write_study(self.folder.path / "study", files)
        return len(experts)

    def left_out(self) -> list[str]:
        """Name what was answered, and is kept, but that no study can hold yet."""
        answered = {name for each in self.folder.panel.experts for name in self.said(each).answers}
        return [each.title for each in ITEMS if each.name in answered and not is_modelled(each)]

    def others(self, expert: Expert) -> dict[str, list[dict[str, Any]]]:
        """Give everybody's answers as of the last closed round: none before one is closed."""
        last = self.folder.panel.last_closed
        shown: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for each in self.folder.panel.experts if last else ():
            for name, given in self.said(each, last).given.items():
                if given.numbers is not None:
                    shown[name].append(
                        {
                            "who": "You" if each == expert else each.name,
                            "you": each == expert,
                            "said": given.said,
                            "p": given.numbers.get("p"),
                        }
                    )
        return dict(shown)

    def state(self, expert: Expert) -> dict[str, Any]:
        """Give all that an expert's page shows, of this expert's answers alone."""
        said = self.said(expert)
        panel = self.folder.panel
        picture: dict[str, Any] = {"implied": {}, "panel": None}
        if self._live is not None and self.base is not None:
            picture = self._picture(expert, said)
        refit = self._refits.status(expert.number)
        return {
            "revision": len(self.folder.journals[expert.number].entries),
            "round": {"number": panel.round.number, "open": panel.is_open},
            "revealed": panel.last_closed,
            "ready": self._live is not None,
            "broken": self.broken,
            "others": self.others(expert) if said.consented else {},
            "given": {name: _shown(each) for name, each in said.given.items()},
            "answered": len(said.answers),
            "refit": about_refit(refit, bool(self.base and self.base.studies))
            if picture.get("unreliable") or refit.running or refit.waiting
            else "",
            "busy": self._live is None or refit.running or refit.waiting,
            **picture,
        }

    def _start(self, read: Callable[[], Base]) -> None:
        try:
            self.base = read()
            self._live = Live(self.base.cloud)
        except InputError as error:
            self.broken = str(error)

    def _append(self, expert: Expert, entry: Mapping[str, Any]) -> None:
        stamp = {"at": _now(), "round": self.folder.panel.round.number}
        self.folder.journals[expert.number].append(stamp | dict(entry))

    def _view(self, expert: Expert, said: Said) -> tuple[View, Live]:
        """Show the panel by the cloud that can be trusted most: that of the panel, if it can."""
        assert self._live is not None
        view = self._live.view(said.answers, self._live, said.camp)
        refitted = self._refitted.get(expert.number)
        if view.is_reliable or refitted is None:
            return view, self._live
        again = refitted.view(said.answers, self._live, said.camp)
        return (again, refitted) if again.k < view.k else (view, self._live)

    def _picture(self, expert: Expert, said: Said) -> dict[str, Any]:
        """Work out what the answers imply, once for the same answers."""
        key = (repr(said.answers), said.camp, id(self._refitted.get(expert.number)))
        known = self._pictures.get(expert.number)
        if known is None or known[0] != key:
            known = (key, self._worked_out(expert, said))
            self._pictures[expert.number] = known
        return known[1]

    def _worked_out(self, expert: Expert, said: Said) -> dict[str, Any]:
        assert self.base is not None
        answers = said.answers
        if not answers:
            return {"implied": {}, "panel": None, "unreliable": False}
        view, live = self._view(expert, said)
        if not view.is_reliable:
            self._ask_for_refit(expert, said)
        implied = {
            name: about_implied(_known(name), each, answers[name])
            for name, each in live.implied(answers, said.camp).items()
        }
        return {
            "implied": implied,
            "panel": _panel(view, self.base.experts)
            | about_method(view, len(answers), len(live.cloud.heard), live.cloud.fit),
            "unreliable": not view.is_reliable,
        }

    def _ask_for_refit(self, expert: Expert, said: Said) -> None:
        """Ask for a refit, unless the last one heard all that a refit can hear."""
        assert self.base is not None
        refitted = self._refitted.get(expert.number)
        heard = {name: each for name, each in said.answers.items() if is_modelled(_known(name))}
        if not self.base.studies or (refitted and dict(refitted.cloud.heard) == heard):
            return
        job = Job(
            studies=self.base.studies,
            prior=self.base.prior,
            weights=self.base.weights,
            seed=self.base.seed,
            files=study_files({HEARD: [(1, said)]}, self.base.weights, _ABOUT),
            heard=heard,
            posterior=self.base.posterior,
        )
        self._refits.want(expert.number, job)

    def _arrived(self, number: int, cloud: Cloud) -> None:
        """Take a refit in; the next look at the page asks for another, if it takes one."""
        expert = next(each for each in self.folder.panel.experts if each.number == number)
        if self.said(expert).consented is None:
            return  # withdrawn meanwhile
        self._refitted[number] = Live(cloud)


def _read(found: Item, given: Any) -> dict[str, Any]:
    """Read what was given as an entry: as it was, with its reading or what is wrong with it."""
    kept = given if isinstance(given, str) else dict(given) if isinstance(given, Mapping) else ""
    texts = [kept] if isinstance(kept, str) else list(kept.values())
    if not any(str(each).strip() not in ("", "0") for each in texts) and kept != "0":
        return {"what": "clear", "given": kept}
    try:
        read = _typed(found, kept)
    except InputError as error:
        return {"what": "answer", "given": kept, "numbers": None, "problem": str(error)}
    return {
        "what": "answer",
        "given": kept,
        "numbers": dict(read.numbers),
        "said": read.said,
        "note": read.note,
    }


def _typed(found: Item, given: str | dict[str, Any]) -> Typed:
    if found.kind == "probability":
        return read_probability(given if isinstance(given, str) else "")
    cells = {} if isinstance(given, str) else {str(k): str(v)[:20] for k, v in given.items()}
    if found.kind == "quantiles":
        return read_quantiles(cells, LEVELS)
    return read_chips(cells, BINS)


def _crossed(before: Given | None, tab: str, seen: object) -> str:
    """Say that an answer took the place of one from another tab, which this one had not seen."""
    if before is None or before.tab == tab or before.at == seen or not before.said:
        return ""
    return (
        f"In another tab you had answered {before.said}. This answer takes its place; both are "
        "kept in your journal."
    )


def _shown(given: Given) -> dict[str, Any]:
    return {
        "given": given.given,
        "said": given.said,
        "note": given.note,
        "problem": given.problem,
        "counts": given.numbers is not None,
        "at": given.at,
        "tab": given.tab,
    }


def _panel(view: View, experts: int) -> dict[str, Any]:
    """Lay out the panel without and with the expert, by outcome."""
    over = view.takeover_over_projects
    return {
        "outcomes": [
            {
                "name": name,
                "title": title_of(name),
                "meaning": outcome(name).meaning,
                "unit": outcome(name).unit,
                "rows": [about_shift(s, experts) for s in view.shifts if s.outcome == name],
            }
            for name in SHOWN
        ],
        "over_projects": None
        if over is None
        else f"Your own takeover, averaged over the numbers of projects that you expect: "
        f"{probability(over.median)} ({ends(over, 'probability')}).",
    }


def _known(name: str) -> Item:
    found = item(name)
    assert found is not None
    return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
