"""A stand-in for InfluxDB v2 that computes its answers from state and permissions."""

from bot.sandbox.influxdb.faults import Fault
from bot.sandbox.influxdb.gates import Gate
from bot.sandbox.influxdb.journal import Exchange
from bot.sandbox.influxdb.product import Mode
from bot.sandbox.influxdb.stand_in import InfluxDBStandIn
from bot.sandbox.influxdb.state import Authorization

__all__ = ["Authorization", "Exchange", "Fault", "Gate", "InfluxDBStandIn", "Mode"]
