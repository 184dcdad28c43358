"""The process that fits a panel with one expert more: ``python -m …refit_worker FOLDER``.

It reads ``job.json`` and the study in ``answers/``, says its phases line by line, and writes
``cloud.nc`` and ``fit.json``. Chains start where the panel's own were, if its posterior is there.
"""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from takeoff.analysis.sampler import WarmStart
    from takeoff.models.panel import Panel

__all__ = ["main"]

_CHAINS = 2
_SHORTER = 2
"""Where the panel's own chains tell where to start, tuning takes so many times fewer steps."""


def main(folder: Path) -> None:
    """Fit, and write what was found."""
    os.nice(5)  # whoever answers comes first
    print("reading the answers", flush=True)
    import numpy as np
    from arviz_stats.sampling_diagnostics import ess, rhat

    from takeoff.analysis.app.cloud import HEARD, cloud_of_expert
    from takeoff.analysis.fit import sample_panel
    from takeoff.data import join, load_study
    from takeoff.models.panel import panel_model
    from takeoff.models.priors import prior_set

    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    studies = [load_study(name) for name in job["studies"]]
    chosen = prior_set(job["prior"])
    panel = panel_model(join([*studies, load_study(folder / "answers")]), chosen)
    warm = None
    if job["posterior"]:
        warm = _start(Path(job["posterior"]), panel_model(join(studies), chosen), panel)
    print("drawing worldviews", flush=True)
    posterior, stats = sample_panel(
        panel,
        seed=job["seed"],
        draws=job["draws"],
        tune=job["draws"] if warm is None else job["draws"] // _SHORTER,
        chains=_CHAINS,
        warm=warm,
    )
    print("working out what they imply", flush=True)
    cloud = cloud_of_expert(posterior, job["weights"], job["prior"], job["seed"])
    own = posterior["worldview"].sel(expert=HEARD)
    fit = {
        "rhat": float(np.nanmax(rhat(own).values)),
        "ess": float(np.nanmin(ess(own).values)),
        "divergences": int(stats["diverging"].sum()),
    }
    cloud.to_netcdf(folder / "cloud.nc", engine="h5netcdf")
    (folder / "fit.json").write_text(json.dumps(fit), encoding="utf-8")


def _start(posterior: Path, before: "Panel", panel: "Panel") -> "WarmStart | None":
    """Start at draws of the panel without the expert, in steps of their spread."""
    from takeoff.analysis.posterior import load
    from takeoff.analysis.sensitivity.refit import Start, coordinates_of

    start = Start.at(load(posterior)["sample_stats"].to_dataset(), before)
    if start is None:
        return None
    return replace(start.of(coordinates_of(panel)), cores=_CHAINS)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
