import NumPyRandom

/// A distribution over indices, sampled as `gymnasium.envs.toy_text.utils.categorical_sample` does: the first index whose
/// cumulated probability is above a draw of `random()`, or 0 where rounding leaves none.
struct Categorical: Sendable {
    private let cumulated: [Double]

    init(_ probabilities: [Double]) {
        var sum = 0.0
        cumulated = probabilities.map {
            sum += $0
            return sum
        }
    }

    func sample(_ random: inout PCG64) -> Int {
        let drawn = random.random()
        var (low, high) = (0, cumulated.count)
        while low < high {
            let middle = (low + high) / 2
            if cumulated[middle] > drawn { high = middle } else { low = middle + 1 }
        }
        return low == cumulated.count ? 0 : low
    }
}
