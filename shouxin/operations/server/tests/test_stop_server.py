"""SIGTERM ends everything, within ten seconds, and loses nothing."""

import os
import signal
import time
from collections.abc import Callable

import pytest

from shouxin.operations.server import processes, supervisor
from tests.harness.server import Server, of_folder


@pytest.mark.usefixtures("used_data")
def test_everything_is_gone_within_ten_seconds(make_server: Callable[..., Server]) -> None:
    server = make_server().start().wait_ready()
    everyone = server.everyone()
    assert len(everyone) > 5
    # A signal to the whole terminal reaches the supervisor alone, which then ends the others in order.
    assert [pid for pid in everyone if os.getsid(pid) == os.getsid(everyone[0])] == everyone[:1]
    begin = time.monotonic()
    processes.send(everyone[:1], signal.SIGTERM)
    assert server.wait_exit(10) == 0
    assert processes.wait_gone(everyone, 10 - (time.monotonic() - begin)) == []
    assert of_folder(server.data) == []
    assert server.get("/healthz")[0] == 0


def test_a_signal_during_the_start_ends_it_too(make_server: Callable[..., Server]) -> None:
    server = make_server().start()
    time.sleep(1.5)
    everyone = server.everyone()
    processes.send(everyone[:1], signal.SIGINT)
    assert server.wait_exit(10) in {0, 1, -signal.SIGINT}
    assert processes.wait_gone(everyone, 5) == []


class _Asks:
    """Asks this process to stop from a finaliser, where Python drops whatever is raised."""

    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.01)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_signal_is_heard_wherever_the_start_stands() -> None:
    numbers = (*supervisor.STOP_SIGNALS, signal.SIGALRM)
    before = [signal.getsignal(number) for number in numbers]
    supervisor.listen_for_stop()
    try:
        asks = [_Asks()]
        asks.clear()  # heard and lost
        with pytest.raises(supervisor.StopRequested):
            time.sleep(10)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
