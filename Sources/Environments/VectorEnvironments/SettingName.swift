/// The name of a field in overrides and JSON: `maxEpisodeSeconds` is `max_episode_seconds`, `simDT` is `sim_dt`.
func settingName(_ field: String) -> String {
    var name = ""
    let letters = Array(field)
    for (place, letter) in letters.enumerated() {
        let startsWord =
            letter.isUppercase && place > 0
            && (letters[place - 1].isLowercase || letters[place - 1].isNumber
                || (place + 1 < letters.count && letters[place + 1].isLowercase))
        if startsWord { name += "_" }
        name += letter.lowercased()
    }
    return name
}

/// A place in a list, as the key of its element.
struct IndexKey: CodingKey {
    let intValue: Int?
    var stringValue: String { "\(intValue ?? 0)" }

    init(_ index: Int) { intValue = index }
    init?(intValue: Int) { self.init(intValue) }
    init?(stringValue: String) { nil }
}

extension [any CodingKey] {
    /// `reward.scale`.
    var settingPath: String { map { settingName($0.stringValue) }.joined(separator: ".") }
}
