"""A bot that gives an InfluxDB that is down its time."""

from dataclasses import replace
from datetime import timedelta

from tests.world import BRISK

PATIENT = replace(
    BRISK,
    tempo=replace(
        BRISK.tempo,
        pauses=replace(
            BRISK.tempo.pauses,
            try_for=timedelta(hours=2),
            unreachable=timedelta(milliseconds=60),
            told_in_line=timedelta(milliseconds=200),
        ),
    ),
)
