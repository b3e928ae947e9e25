/// Runs `body` in a task that SIGINT and SIGTERM cancel; a second signal ends the program at once.
func cancelledBySignals<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) async -> Value {
    let task = Task { await body() }
    Task {
        try? await StopSignal.wait(orEndOfInput: false)
        task.cancel()
    }
    return await task.value
}
