import NumPyRandom
import Testing

/// Recorded from NumPy 2.4.6: the state of `np.random.default_rng(seed)`, five `integers(0, 13)`, two `random()`,
/// `integers(0, 2**40)`, the buffered half, `uniform(-0.05, 0.05)`.
struct Recording: Sendable, CustomTestStringConvertible {
    let seed: UInt64
    let state: UInt128
    let increment: UInt128
    let cards: [UInt64]
    let randoms: [Double]
    let large: UInt64
    let half: UInt32
    let uniform: Double
    var testDescription: String { "seed \(seed)" }
}

let recordings = [
    Recording(
        seed: 0, state: 35399562948360463058890781895381311971, increment: 87136372517582989555478159403783844777,
        cards: [11, 8, 6, 3, 4], randoms: [0x1.0ec9ed84d0bc0p-6, 0x1.a064f4f059bcap-1], large: 1_003_585_370_534,
        half: 175_979_945, uniform: 0x1.5d6c9279a57c0p-7),
    Recording(
        seed: 42, state: 274674114334540486603088602300644985544, increment: 332724090758049132448979897138935081983,
        cards: [1, 10, 8, 5, 5], randoms: [0x1.650d6c1c2c011p-1, 0x1.81c01b5339380p-4], large: 1_072_708_119_942,
        half: 3_687_649_986, uniform: 0x1.abd9edfe4f0e8p-6),
    Recording(
        seed: 1 << 32, state: 48934169112922715694246890610800379348,
        increment: 159503441853545908714793740543692941767, cards: [6, 11, 12, 7, 3],
        randoms: [0x1.e9bc2dd875173p-1, 0x1.e02ce67c855d0p-5], large: 259_925_313_296, half: 3_439_874_040,
        uniform: 0x1.d78d2f6e67c1cp-6),
    Recording(
        seed: .max, state: 294777589713777894971777624378622791088, increment: 73721096341569855656437781216719622637,
        cards: [7, 8, 12, 10, 4], randoms: [0x1.ca04d55e33445p-1, 0x1.081eecc4d67f8p-3], large: 350_566_649_421,
        half: 31_795_993, uniform: 0x1.253085ca60d28p-7),
]

struct NumPyRandomTests {
    @Test(arguments: recordings)
    func `a seed gives NumPy's state and draws`(recording: Recording) {
        var generator = PCG64(seed: recording.seed)
        #expect(generator.state == recording.state)
        #expect(generator.increment == recording.increment)
        #expect((0..<5).map { _ in generator.integer(through: 12) } == recording.cards)
        #expect((0..<2).map { _ in generator.random() } == recording.randoms)
        #expect(generator.integer(through: (1 << 40) - 1) == recording.large)
        #expect(generator.hasHalf)
        #expect(generator.half == recording.half)
        #expect(generator.uniform(-0.05, 0.05) == recording.uniform)
    }

    @Test func `a seed sequence spreads any number of words as NumPy does`() {
        let zero: [UInt32] = [2_968_811_710, 3_677_149_159, 745_650_761, 2_884_920_346, 2_642_120_001, 549_907_821]
        #expect(SeedSequence(0).words(6) == zero)
        let six: [UInt32] = [
            488_360_481, 3_956_080_669, 2_986_500_235, 3_488_252_836, 3_841_783_222, 2_602_687_873,
        ]
        #expect(SeedSequence(words: [1, 2, 3, 4, 5, 6]).words(6) == six)
    }

    @Test func `narrow element types share the words of a draw as NumPy's do`() {
        var generator = PCG64(seed: 7)
        #expect(generator.bytes(9, through: 6) == [3, 2, 6, 6, 4, 1, 0, 4, 4])
        #expect(generator.shorts(5, through: 1000) == [804, 898, 975, 578, 337])
        #expect(generator.bits(8) == [false, true, false, false, false, false, true, false])
        #expect(generator.state == 105654590169398913713099924159419625588)
        #expect(generator.half == 967_257_515)
    }

    @Test func `a generator goes on from a state that was read`() {
        var generator = PCG64(seed: 3)
        _ = generator.nextUInt32()
        var other = PCG64(
            state: generator.state, increment: generator.increment, hasHalf: generator.hasHalf,
            half: generator.half)
        #expect(other == generator)
        #expect((0..<9).map { _ in other.nextUInt32() } == (0..<9).map { _ in generator.nextUInt32() })
    }

    @Test func `a bound of nothing takes no draw`() {
        var generator = PCG64(seed: 3)
        let before = generator
        #expect(generator.integer(through: 0) == 0)
        #expect(generator.choice(of: 0) == 0)
        #expect(generator.masked(through: 0) == 0)
        #expect(generator == before)
    }
}
