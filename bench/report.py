"""Figures as lines, each beside the floor that was measured in the same run."""

from __future__ import annotations


def line(
    name: str, figure: float, unit: str, *, floor: float | None = None, floor_name: str = "", goal: str = ""
) -> None:
    """Prints one figure; with a floor, the ratio too: ratios hold on a noisy machine, absolutes do not."""
    text = f"{name:<46} {figure:>10,.1f} {unit:<9}"
    if floor is not None:
        text += f" {floor_name} {floor:,.1f}, ratio {figure / floor:.3f}"
    if goal:
        text += f"   (goal {goal})"
    print(text, flush=True)


def section(title: str) -> None:
    print(f"\n{title}\n{'-' * len(title)}", flush=True)
