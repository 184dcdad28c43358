"""The command line: `takeoff`, with a command for each job.

Modules that take long to import are imported inside the commands, so that help comes at once.
"""

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

import typer

from takeoff.analysis.commands.app import app as app_command
from takeoff.analysis.commands.check import check
from takeoff.analysis.commands.compare import compare
from takeoff.analysis.commands.evaluate import evaluate
from takeoff.analysis.commands.learn import fit, report
from takeoff.analysis.commands.questions import questions
from takeoff.analysis.commands.say import say
from takeoff.analysis.commands.sensitivity import sensitivity
from takeoff.models.errors import InputError

__all__ = ["app", "main"]

_BAD_INPUT = 2
_INTERRUPTED = 130

app = typer.Typer(
    # Plain help: the rich one takes half a second to import where bytecode is not cached.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code.

    Parameters
    ----------
    arguments
        What follows the program's name; that of this process when None.

    Returns
    -------
    int
        0; 1 when a fit has not converged; 2 on bad input; 130 when interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # no letter that a terminal lacks is fatal
    try:
        code = app(arguments, prog_name="takeoff", standalone_mode=False) or 0
        sys.stdout.flush()
    except InputError as error:
        return _refuse(str(error))
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        command = "takeoff" if context is None else context.command_path
        message = error.format_message().rstrip(".")
        return _refuse(f"{message}{' See' if message.endswith('?') else '; see'} {command} --help")
    except BrokenPipeError:
        return _leave_pipe()
    except OSError as error:
        return _refuse(f"{error.filename or 'a file'}: {error.strerror or error}")
    except KeyboardInterrupt:
        code = _INTERRUPTED
    if code == _INTERRUPTED:
        say("interrupted")
    return int(code)


@app.callback(invoke_without_command=True)
def overview(context: typer.Context) -> None:
    """Tell whether AI projects will be aligned or misaligned together.

    Takeoff learns from experts' judgments how alike the systems of several
    projects will be, how likely a catastrophe is, and whether a warning
    comes first.

    \b
    Examples:
      takeoff report               what experts' beliefs imply
      takeoff compare              how many projects are best
      takeoff check my_study       what to mend in a study
    """  # noqa: D301 - "\b" tells typer to keep the lines below as they are
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


for command in (report, fit, evaluate, compare, sensitivity, app_command, check, questions):
    app.command()(command)


def _refuse(message: str) -> int:
    say(message)
    return _BAD_INPUT


def _leave_pipe() -> int:
    """End quietly when nobody reads on; else Python would complain at its own end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
