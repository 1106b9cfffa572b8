from bench.comparison import at_least, at_most
from bench.samples import Samples


def test_percentiles_are_measurements() -> None:
    """A percentile is the smallest measurement that so many percent do not exceed."""
    hundred = Samples.of([float(number) for number in range(100, 0, -1)])

    assert [hundred.percentile(percent) for percent in (1, 50, 99, 100)] == [1, 50, 99, 100]
    assert Samples.of([7.0]).percentile(99) == 7


def test_spread() -> None:
    """Nine in ten lie between; of a few measurements it is the least and the largest."""
    assert Samples.of([float(number) for number in range(1, 101)]).spread == (5, 95)
    assert Samples.of([3.0, 1.0, 2.0]).spread == (1, 3)


def test_repetitions_are_compared_in_pairs() -> None:
    """One repetition in which the machine was busy for both is no outlier of the ratio."""
    line = at_most("x", [10.0, 100.0, 12.0], [10.0, 100.0, 10.0], 1.1)

    assert line.met
    assert line.ratios is not None
    assert line.ratios.values == (1.0, 1.0, 1.2)


def test_targets_are_kept_or_missed() -> None:
    """At most is met at the target, and at least as well; beyond it is missed."""
    assert at_most("x", [2.0], [1.0], 2).met
    assert not at_most("x", [2.01], [1.0], 2).met
    assert at_least("x", [1.0], [10.0], 10).met
    assert not at_least("x", [1.0], [9.9], 10).met
