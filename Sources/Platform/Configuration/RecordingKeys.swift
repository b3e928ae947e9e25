/// The configuration of recorded trajectories.
public enum RecordingKeys {
    public static let record: Key<String> = .choice(
        "record", ["full", "digest", "off"], fallback: "off",
        "How much of sessions is recorded where nobody says otherwise: everything, of observations only digests, or nothing."
    )
    public static let namespaces: Key<[String]> = .texts(
        "record-namespaces", "NAMESPACE=MODE", "How much of the sessions of one namespace is recorded.")
    public static let whenFull: Key<String> = .choice(
        "record-when-full", ["wait", "fail"], fallback: "wait",
        "What calls do while the disk does not keep up with recording.")
    public static let memory: Key<Int> = .size(
        "record-memory", 1 << 16...1 << 50, fallback: 64 << 20,
        "Memory for records that are not written yet, of all sessions.")
    public static let interval: Key<Duration> = .duration(
        "record-interval", .milliseconds(10) ... .seconds(3600), fallback: .seconds(5),
        "How long a record may be in memory only.")
    public static let keptSize: Key<Int> = .size(
        "record-keep-size", 0...1 << 50, fallback: 10 << 30, "How large all trajectories may be; the oldest go first.")
    public static let keptTime: Key<Duration> = .duration(
        "record-keep-time", .seconds(1) ... .seconds(315_360_000), fallback: .seconds(2_592_000),
        "How long a trajectory is kept after its session ended.")

    /// In the order of help.
    public static let all: [Declaration] = [
        record.declaration, namespaces.declaration, whenFull.declaration, memory.declaration, interval.declaration,
        keptSize.declaration, keptTime.declaration,
    ]
}
