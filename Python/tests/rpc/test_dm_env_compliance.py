"""The compliance tests of the PyPI package dm-env-rpc, all of them, against the door."""

import inspect

import grpc
import pytest
from dm_env_rpc.v1 import connection as dm_env_connection
from dm_env_rpc.v1 import dm_env_rpc_pb2 as pb
from dm_env_rpc.v1 import tensor_utils
from dm_env_rpc.v1.compliance import create_destroy_world, join_leave_world, reset, reset_world, step

from e2e.marks import long

SETTINGS = {
    "cartpole": {"environment": "CartPole-v1", "seed": 7},
    "grid": {"environment": "minigrid/Empty-5x5", "seed": 7},
    "text": {"environment": "text/TextWorld", "seed": 7},
    "pendulum": {"environment": "native/Pendulum", "seed": 7},
}

ADDRESS = None


@pytest.fixture(scope="module", autouse=True)
def _address(address):
    global ADDRESS
    ADDRESS = address
    yield
    ADDRESS = None


def packed(settings):
    return {name: tensor_utils.pack_tensor(value) for name, value in settings.items()}


class World:
    """A connection, and a world of the test's environment where it needs one."""

    environment = "cartpole"
    makes_world = True
    joins = False

    def setUp(self):
        super().setUp()
        self._channel = grpc.insecure_channel(ADDRESS)
        self._connection = dm_env_connection.Connection(self._channel)
        self._name = None
        if self.makes_world:
            request = pb.CreateWorldRequest(settings=packed(SETTINGS[self.environment]))
            self._name = self._connection.send(request).world_name
        if self.joins:
            self._specs = self._connection.send(pb.JoinWorldRequest(world_name=self._name)).specs

    def tearDown(self):
        try:
            super().tearDown()
        finally:
            if self._name:
                self._connection.send(pb.LeaveWorldRequest())
                self._connection.send(pb.DestroyWorldRequest(world_name=self._name))
            self._connection.close()
            self._channel.close()

    @property
    def connection(self):
        return self._connection

    @property
    def world_name(self):
        return self._name

    @property
    def specs(self):
        return self._specs

    def join_world(self, **named):
        """As tests of resets call it, without arguments."""
        request = pb.JoinWorldRequest(**(named or {"world_name": self._name}))
        return self._connection.send(request).specs


class TestCreateDestroyWorld(World, create_destroy_world.CreateDestroyWorld):
    makes_world = False
    required_world_settings = packed({"environment": "CartPole-v1"})
    invalid_world_settings = packed({"no_such_parameter": 1, "seed": -1, "instance": 3})
    has_multiple_world_support = True


class TestJoinLeaveWorld(World, join_leave_world.JoinLeaveWorld):
    invalid_join_settings = packed({"no_such_setting": 1, "seed": "seven"})


class TestReset(World, reset.Reset):
    pass


class TestResetWorld(World, reset_world.ResetWorld):
    def join_world(self):
        World.join_world(self)


class TestStepCartPole(World, step.Step):
    joins = True


class TestStepGrid(World, step.Step):
    environment = "grid"
    joins = True


@long  # each of its worlds makes a game first
class TestStepText(World, step.Step):
    environment = "text"
    joins = True


class TestStepPendulum(World, step.Step):
    environment = "pendulum"
    joins = True


def test_all_the_packages_compliance_tests_are_run():
    """A compliance suite that the package gains is not passed over."""
    modules = (create_destroy_world, join_leave_world, reset, reset_world, step)
    suites = {
        suite
        for module in modules
        for _, suite in inspect.getmembers(module, inspect.isclass)
        if suite.__module__ == module.__name__ and hasattr(suite, "connection")
    }
    run = {base for case in globals().values() if inspect.isclass(case) for base in case.__mro__}
    assert suites and suites <= run

    import pkgutil

    from dm_env_rpc.v1 import compliance

    names = {module.name for module in pkgutil.iter_modules(compliance.__path__)}
    assert names == {module.__name__.split(".")[-1] for module in modules}
