"""The policy in force, which can be read again while the bot runs."""

import structlog

from bot.changes.policy import Policy, Roles, Workspace
from bot.configuration.loading import load_configuration
from bot.configuration.values import Configuration
from bot.settings import Settings, SettingsError

_log = structlog.get_logger()


class PolicyInForce:
    """Hold the policy by which everything is judged until the file is read again.

    Args:
        settings: What the environment says; it does not change while the bot runs.
        configuration: What was loaded at the start.
    """

    def __init__(self, settings: Settings, configuration: Configuration) -> None:
        self._settings = settings
        self._configuration = configuration
        self._policy = configuration.policy.of(Workspace(""))
        self._trouble: str | None = None

    @property
    def roles(self) -> Roles:
        """Give who holds which role, whichever the workspace."""
        return self._configuration.policy.roles

    @property
    def trouble(self) -> str | None:
        """Say that the file could not be taken over when it was read last, or None."""
        return self._trouble

    def current(self, home: Workspace) -> Policy:
        """Give the policy in force now, in a workspace."""
        if self._policy.home != home:
            self._policy = self._configuration.policy.of(home)
        return self._policy

    def reload(self) -> bool:
        """Read the file again; False if it is wrong, and the policy before it stays in force.

        What is wrong is logged line by line.
        """
        try:
            read = load_configuration(self._settings)
        except SettingsError as error:
            for line in error.lines:
                _log.error("policy not reloaded", problem=line)
            self._trouble = (
                "the policy before the last reload is in force: what was read then is wrong in "
                f"{len(error.lines)} places, which are in the log"
            )
            return False
        self._take_over(read)
        return True

    def _take_over(self, read: Configuration) -> None:
        before, self._trouble = self._configuration, None
        judged_by = self._policy
        if read.instances != before.instances:
            _log.warning("restart the bot to take over the changed [[influxdb]] sections")
        for warning in read.warnings:
            _log.warning(warning)
        self._configuration = Configuration(read.policy, before.instances, read.warnings)
        self._policy = read.policy.of(judged_by.home)
        _log.info("policy reloaded", before=judged_by.digest, now=self._policy.digest)
