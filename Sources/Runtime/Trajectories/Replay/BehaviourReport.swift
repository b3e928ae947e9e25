import Foundations
import JSON
import Manifests

/// How a new version behaves on what was recorded on an earlier one, and which number it has to have for that.
public struct BehaviourReport: Sendable {
    /// What a change of behaviour asks of the version's number.
    public enum Bump: String, Sendable, Comparable, CaseIterable {
        case patch, minor, major

        public static func < (left: Bump, right: Bump) -> Bool { left.rank < right.rank }

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// The shortest trajectory that shows a change, up to where it does.
    public struct Witness: Sendable {
        /// Its id, or what it is called.
        public var trajectory: String
        public var step: ReplayReport.Step
    }

    public let old: String
    public let new: String
    public private(set) var trajectories = 0
    public private(set) var identical = 0
    public private(set) var records = 0
    public private(set) var witnesses: [RecordDifference.Aspect: Witness] = [:]
    /// Trajectories that could not be replayed, and why.
    public private(set) var skipped: [(trajectory: String, reason: String)] = []

    /// - Parameters:
    ///   - old: The exact version that was recorded, `namespace/name@1.2.0`.
    ///   - new: The one that it was replayed on.
    public init(old: String, new: String) { (self.old, self.new) = (old, new) }

    public mutating func add(_ report: ReplayReport) {
        add("\(report.trajectory)", compared: report.compared, report.firsts)
    }

    /// - Parameters:
    ///   - compared: Records of the trajectory.
    ///   - firsts: The first step that differs in each aspect; none where all is the same.
    public mutating func add(
        _ trajectory: String, compared: Int, _ firsts: [RecordDifference.Aspect: ReplayReport.Step]
    ) {
        trajectories += 1
        records += compared
        if firsts.isEmpty { identical += 1 }
        for (aspect, step) in firsts {
            if let known = witnesses[aspect], known.step.index <= step.index { continue }
            witnesses[aspect] = Witness(trajectory: trajectory, step: step)
        }
    }

    public mutating func skip(_ trajectory: UniqueID, _ reason: String) {
        skipped.append(("\(trajectory)", reason))
    }

    public func changed(_ aspect: RecordDifference.Aspect) -> Bool { witnesses[aspect] != nil }

    /// What the changes demand: a patch is identical, a minor release gives the same rewards and terminations.
    public var demanded: Bump {
        if changed(.reward) || changed(.termination) { return .major }
        return witnesses.isEmpty ? .patch : .minor
    }

    /// What the numbers say; nil where the new one is not above the old one, or is another environment's.
    public var declared: Bump? {
        guard let (left, right) = versions else { return nil }
        if right.major != left.major { return right.major > left.major ? .major : nil }
        if right.minor != left.minor { return right.minor > left.minor ? .minor : nil }
        return right.patch > left.patch ? .patch : nil
    }

    /// The smallest number that the new version may have.
    public var required: String? {
        guard let (left, _) = versions else { return nil }
        switch demanded {
        case .patch: return "\(left.major).\(left.minor).\(left.patch + 1)"
        case .minor: return "\(left.major).\(left.minor + 1).0"
        case .major: return "\(left.major + 1).0.0"
        }
    }

    /// Whether the new version's number says enough. Nothing was shown where no trajectory was replayed.
    public var isAllowed: Bool { declared.map { $0 >= demanded } ?? false }

    private var versions: (SemanticVersion, SemanticVersion)? {
        let (left, right) = (old.split(separator: "@"), new.split(separator: "@"))
        guard left.count == 2, right.count == 2, left[0] == right[0], let one = SemanticVersion(left[1]),
            let other = SemanticVersion(right[1])
        else { return nil }
        return (one, other)
    }

    public var json: JSONValue {
        let found = RecordDifference.Aspect.allCases.compactMap { aspect in witnesses[aspect].map { (aspect, $0) } }
        return [
            "old": .string(old), "new": .string(new), "trajectories": .integer(Int64(trajectories)),
            "identical": .integer(Int64(identical)), "records": .integer(Int64(records)),
            "observations_changed": .bool(changed(.observation)), "rewards_changed": .bool(changed(.reward)),
            "terminations_changed": .bool(changed(.termination)), "info_changed": .bool(changed(.info)),
            "witnesses": .object(
                JSONObject(
                    found.map { aspect, witness in
                        (
                            aspect.rawValue,
                            ["trajectory": .string(witness.trajectory), "step": witness.step.json]
                        )
                    })),
            "demanded": .string(demanded.rawValue), "declared": declared.map { .string($0.rawValue) } ?? .null,
            "required_version": required.map(JSONValue.string) ?? .null, "allowed": .bool(isAllowed),
            "skipped": .array(
                skipped.map { ["trajectory": .string($0.trajectory), "reason": .string($0.reason)] }),
        ]
    }
}
