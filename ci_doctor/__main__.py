"""`python -m ci_doctor`."""

from .cli import main

main(prog_name="ci-doctor")
