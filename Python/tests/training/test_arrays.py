"""PyTorch shares the memory of native environments, and what it shares is not written again."""

import numpy as np
import pytest

import corral

torch = pytest.importorskip("torch", reason="make test-training installs PyTorch")


@pytest.mark.parametrize("share", [torch.from_numpy, torch.from_dlpack])
def test_a_tensor_shares_the_memory_and_holds_it(share):
    envs = corral.make_vec("CartPole-v1", 8)
    envs.reset(seed=1)
    observations, rewards, terminated, _, _ = envs.step(np.zeros(8, np.int64))
    tensors = [share(one) for one in (observations, rewards, terminated)]
    assert tensors[0].data_ptr() == observations.__array_interface__["data"][0]
    assert tensors[2].dtype == torch.bool
    before = [tensor.clone() for tensor in tensors]
    del observations, rewards, terminated
    for _ in range(30):
        envs.step(np.ones(8, np.int64))
    assert all(torch.equal(tensor, copy) for tensor, copy in zip(tensors, before))
    envs.close()


def test_actions_may_be_tensors():
    envs, other = corral.make_vec("CartPole-v1", 8), corral.make_vec("CartPole-v1", 8)
    for each in (envs, other):
        each.reset(seed=1)
    actions = torch.tensor([0, 1] * 4)
    np.testing.assert_array_equal(envs.step(actions)[0], other.step(actions.numpy())[0])
    envs.close(), other.close()
