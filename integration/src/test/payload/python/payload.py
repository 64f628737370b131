"""The life of a payload (see conductor.c) for programs in Python."""

import os
import sys
import time
import traceback


def finish(outcome):
    """Ends the payload; the first word counts."""
    with open(f".result.{os.getpid()}", "w") as file:
        file.write(outcome.replace("\n", " ") + "\n")
    try:
        os.link(f".result.{os.getpid()}", ".result")
    except FileExistsError:
        pass
    sys.stdout.flush()
    os._exit(0 if outcome == "pass" else 1)


def same(what, found, wanted):
    """Fails unless both are equal."""
    if found != wanted:
        finish(f"fail: {what} is {found!r}, not {wanted!r}")


def until(what, is_so):
    """Waits until this is true, 30 s at most."""
    end = time.monotonic() + 30
    while not is_so():
        if time.monotonic() > end:
            finish(f"fail: waited 30 s for {what}")
        time.sleep(0.01)


def ready():
    """Waits over the suspension."""
    open(".ready", "w").close()
    with open(".go"):
        pass


def run(program):
    """Runs a function that calls ready() in its middle."""
    try:
        program()
    except BaseException as error:
        traceback.print_exc()
        finish(f"fail: {type(error).__name__}: {error}")
    finish("pass")
