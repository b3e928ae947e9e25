import Glibc
import NumPyRandom
import Testing

@testable import ReferenceEnvironments

struct LibraryMathTests {
    /// NumPy's `x ** 2` is the C library's `pow`, which here is not the rounded product; an optimiser that put in the
    /// product would change rewards of Pendulum in their last bit.
    @Test func `squares are those of the C library, in every build`() throws {
        var random = PCG64(seed: 1)
        let numbers = (0..<20_000).map { _ in random.uniform(-10, 10) }
        #expect(numbers.first { squared($0) != power($0, 2) } == nil)
        let differing = numbers.count { power($0, 2) != $0 * $0 }
        #expect(differing > 0, "this C library's squares are rounded products: the test shows nothing")
    }

    /// The C library's `pow`, through a pointer that no optimiser sees through.
    private func power(_ x: Double, _ y: Double) -> Double { functions.randomElement()?(x, y) ?? .nan }
    private let functions: [@convention(c) (Double, Double) -> Double] = [pow]

    @Test func `a remainder has the sign of its divisor`() {
        #expect(flooredRemainder(-0.5, 2) == 1.5)
        #expect(flooredRemainder(3.5, 2) == 1.5)
        #expect(flooredRemainder(-4, 2).sign == .plus)
    }

    @Test func `a number that is none stays none when clipped`() {
        #expect(clip(Double.nan, -1, 1).isNaN)
        #expect(clip(3.0, -1, 1) == 1)
        #expect(clip(-3.0, -1, 1) == -1)
    }
}
