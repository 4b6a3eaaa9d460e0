"""An evaluation to read: the tables as text, the curves as a picture, both as a page."""

from base64 import b64encode
from collections.abc import Iterator
from html import escape
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from sklearn.metrics import roc_curve

from lab.figures import CHALLENGED, HISTORIES, SERVICE, Interval, Scored, area, caught_at, share
from secmon.simulation.kinds import Attack, Honest

mpl.use("agg")

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>secmon: evaluation</title>
<style>body{{font:15px system-ui;max-width:60em;margin:2em auto}}pre{{font-size:13px;overflow-x:auto}}</style>
<h1>How well takeovers are caught, and owners left alone</h1>
<p>Logins of simulated wallets that the weights were not fitted to, judged under the shipped policy.</p>
<pre>{tables}</pre><img alt="ROC curves, one for each kind of attack" src="data:image/png;base64,{picture}">
</html>
"""


def tables(scored: Scored) -> str:
    """All tables as text. Shares in per cent with 95 % bootstrap intervals."""
    return "\n".join(
        [*_owners(scored), "", *_attackers(scored), "", *_by_history(scored), "", *_detectors(scored)]
    )


def write(scored: Scored, folder: Path) -> None:
    """`roc.png` and `report.html`."""
    folder.mkdir(parents=True, exist_ok=True)
    picture = _curves(scored)
    (folder / "roc.png").write_bytes(picture)
    page = PAGE.format(tables=escape(tables(scored)), picture=b64encode(picture).decode())
    (folder / "report.html").write_text(page, encoding="utf-8")


def _owners(scored: Scored) -> Iterator[str]:
    yield f"{'owners':34}{'logins':>8}   challenged, %            denied, %"
    rows = [("natural mix", scored.honest), *((str(kind), scored.of(kind)) for kind in Honest)]
    for name, those in rows:
        denied = 100 * scored.denied[those].mean() if those.any() else np.nan
        yield f"{name:34}{those.sum():8}   {_percent(share(scored.challenged[those])):24}{denied:6.2f}"


def _attackers(scored: Scored) -> Iterator[str]:
    yield f"{'attackers':34}{'logins':>8}   caught, %                denied, %"
    for kind in Attack:
        those = scored.of(kind)
        denied = 100 * scored.denied[those].mean() if those.any() else np.nan
        yield f"{kind:34}{those.sum():8}   {_percent(share(scored.challenged[those])):24}{denied:6.2f}"


def _by_history(scored: Scored) -> Iterator[str]:
    names = [f"{first}-{last - 1}" if last < HISTORIES[-1][1] else f"{first}+" for first, last in HISTORIES]
    yield f"{'logins learnt before':34}" + "".join(f"{name:>10}" for name in names)
    rows = [
        ("natural mix, challenged %", scored.honest),
        *((f"{kind}, challenged %", scored.of(kind)) for kind in Honest if kind is not Honest.FIRST),
        *((f"{kind}, caught %", scored.of(kind)) for kind in Attack),
    ]
    for name, those in rows:
        spans = [those & (scored.history >= first) & (scored.history < last) for first, last in HISTORIES]
        shares = [100 * scored.challenged[span].mean() if span.any() else np.nan for span in spans]
        yield f"{name:34}" + "".join(f"{found:10.1f}" for found in shares)


def _detectors(scored: Scored) -> Iterator[str]:
    yield "caught, %, where this share of honest logins is challenged"
    levels = "".join(f"{f'{level:.0%}':27}" for level in CHALLENGED)
    for detector in scored.scores:
        yield ""
        yield f"{detector:52}{levels}area under the curve"
        for kind in Attack:
            caught = "".join(
                f"{_percent(caught_at(scored, detector, kind, level)):27}" for level in CHALLENGED
            )
            found, low, high = area(scored, detector, kind)
            yield f"  {kind:48}{caught}{found:.4f} [{low:.4f}, {high:.4f}]"


def _percent(found: Interval) -> str:
    middle, low, high = (100 * part for part in found)
    return f"{middle:6.2f} [{low:.2f}, {high:.2f}]"


def _curves(scored: Scored) -> bytes:
    figure = Figure(figsize=(9, 6), layout="constrained")
    axes = figure.add_subplot()
    score = scored.scores[SERVICE]
    for kind in Attack:
        those = scored.of(kind)
        if those.any():
            both = those | scored.honest
            bothered, caught, _ = roc_curve(~scored.honest[both], score[both])
            axes.plot(bothered, caught, label=str(kind))
    axes.set(xscale="log", xlim=(1e-4, 1), xlabel="honest logins challenged", ylabel="attacks caught")
    axes.grid(visible=True, alpha=0.3)
    axes.legend(loc="lower right")
    picture = BytesIO()
    figure.savefig(picture, format="png", dpi=120)
    return picture.getvalue()
