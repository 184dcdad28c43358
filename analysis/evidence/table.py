"""The evidence of a fitted panel on the prior sets, as one group of its tree."""

import xarray as xr

from takeoff.analysis.evidence.bridge import bridged
from takeoff.analysis.evidence.single import alone
from takeoff.analysis.evidence.strength import divergence
from takeoff.analysis.evidence.weights import reweighted
from takeoff.models.priors import PRIOR_SETS
from takeoff.models.questions import Judgments

__all__ = ["evidence"]


def evidence(
    posterior: xr.Dataset, drawn_under: str, judgments: Judgments, seed: int
) -> xr.Dataset:
    """Weigh the prior sets by the answers of a panel, and of each of its experts.

    Parameters
    ----------
    posterior
        Draws of the panel's posterior.
    drawn_under
        Name of the prior set of the fit.
    judgments
        What the panel's experts said, without crowds.
    seed
        Of the worldviews imagined for experts alone.

    Returns
    -------
    xr.Dataset
        By ``prior_set``: ``panel_log_evidence`` less that of the panel's own set, and
        ``panel_probability`` at equal prior odds, both with Monte Carlo standard errors
        (``..._error``); ``panel_shape``, k̂ of the weights that turn the draws into those of the
        set, and ``panel_efficiency``, their effective share; the attribute ``drawn_under`` names
        the set of the fit. By ``expert`` and ``prior_set`` the
        evidence of each expert's own answers (`alone`). And ``divergence`` (prior_set, other_set)
        in nats: the most that answers could speak for one set on average, were it right.
    """
    names = list(PRIOR_SETS)
    panel = bridged({drawn_under: posterior})
    weighted = [reweighted(posterior, drawn_under, name) for name in names]
    return xr.Dataset(
        {
            **{f"panel_{name}": each for name, each in panel.data_vars.items()},
            "panel_shape": ("prior_set", [each.shape for each in weighted]),
            "panel_efficiency": ("prior_set", [each.efficiency for each in weighted]),
            **alone(judgments, seed).data_vars,
            "divergence": (
                ("prior_set", "other_set"),
                [
                    [divergence(one, other) for other in PRIOR_SETS.values()]
                    for one in PRIOR_SETS.values()
                ],
            ),
        },
        coords={"prior_set": names, "other_set": names},
        attrs={"drawn_under": drawn_under},
    )
