"""The process that fits a panel with one expert more: ``python -m …refit_worker FOLDER``.

It reads ``job.json`` and the study in ``answers/``, says its phases line by line, and writes
``cloud.nc`` and ``fit.json``.
"""

import json
import os
import sys
from pathlib import Path

__all__ = ["main"]

_CHAINS = 2


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
    judgments = join([*studies, load_study(folder / "answers")])
    chosen = prior_set(job["prior"])
    panel = panel_model(judgments, chosen)
    print("drawing worldviews", flush=True)
    posterior, stats = sample_panel(
        panel, seed=job["seed"], draws=job["draws"], tune=job["draws"], chains=_CHAINS
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


if __name__ == "__main__":
    main(Path(sys.argv[1]))
