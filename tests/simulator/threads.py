"""Stand in for threads: what the app would do in a pool of them becomes tasks of the same process."""

from tests.simulator.tasks import Dead


class Future:
    """Hold what a task will return."""

    def __init__(self, hub, task):
        self._hub, self._task = hub, task

    def result(self, _timeout=None):
        """Wait for the task; raise what it raised."""
        self._hub.join(self._task)
        if self._task.fault is not None:
            raise self._task.fault
        return self._task.result

    def done(self):
        """Say whether it is over."""
        return self._task.over

    def cancelled(self):
        """Say no: nothing here is cancelled."""
        return False

    def exception(self, _timeout=None):
        """Wait, and return what was raised."""
        self._hub.join(self._task)
        return self._task.fault


def pool_of(hub):
    """Return a class to put in the place of ThreadPoolExecutor."""

    class Pool:
        def __init__(self, *_sizes, **_names):
            self._futures = []

        def submit(self, work, /, *arguments, **named):
            task = hub.spawn(hub.current.process, getattr(work, "__name__", "part"), lambda: work(*arguments, **named))
            self._futures.append(Future(hub, task))
            return self._futures[-1]

        def map(self, work, *lists):
            return [future.result() for future in [self.submit(work, *each) for each in zip(*lists, strict=False)]]

        def shutdown(self, wait=True, **_more):
            if wait:
                for future in self._futures:
                    future.exception()

        def __enter__(self):
            return self

        def __exit__(self, kind, fault, trace):
            if kind is None or not issubclass(kind, Dead):
                self.shutdown()

    return Pool


def wait_of(hub):
    """Return a function to put in the place of concurrent.futures.wait."""

    def wait(futures, timeout=None, return_when=None):
        for future in futures:
            future.exception()
        return set(futures), set()

    return wait
