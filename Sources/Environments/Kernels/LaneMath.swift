import Lanes

/// Arithmetic of eight lanes. Nothing is fused and nothing reordered, so that every build gives the same bits.

/// `a + b x + c x²`.
@inline(__always)
func polynomial(_ x: Lanes, _ a: Float, _ b: Float, _ c: Float) -> Lanes {
    let inner: Lanes = x * c + b
    return inner * x + a
}

/// Sine and cosine for angles up to 0.5 rad: the Taylor polynomials of degree 7 and 6; absolute errors below 6e-9 and
/// 1e-7 there, below 1e-10 up to 0.21, rounding aside.
@inline(__always)
func shortSineAndCosine(_ angle: Lanes) -> (Lanes, Lanes) {
    let square = angle * angle
    let sine = angle + angle * square * polynomial(square, -1 / 6, 1 / 120, -1 / 5040)
    let cosine = 1 + square * polynomial(square, -1 / 2, 1 / 24, -1 / 720)
    return (sine, cosine)
}

/// Sine and cosine for angles up to 1e4 rad; absolute errors below 1e-7 up to 10 rad.
///
/// The angle is split into quarter turns and a rest of at most π/4, for which the polynomials of Cephes (S. Moshier)
/// hold; π/2 has two parts, so that the rest is exact to its last bits.
@inline(__always)
func sineAndCosine(_ angle: Lanes) -> (Lanes, Lanes) {
    let scaled = angle * Float(0.63661977)
    let bits = corral_rounded_bits(scaled)
    let turns = corral_rounded(scaled)
    let rest = (angle - turns * Float(1.5703125)) - turns * Float(4.8382679e-4)
    let square = rest * rest
    let sine = rest + rest * square * polynomial(square, -1.6666654611e-1, 8.3321608736e-3, -1.9515295891e-4)
    let cosineRest =
        square * square * polynomial(square, 4.166664568298827e-2, -1.388731625493765e-3, 2.443315711809948e-5)
    let cosine = (1 - square * 0.5) + cosineRest
    let isOdd = SIMD8<Int32>() &- (bits & 1)
    let sineSign = (bits & 2) &<< 30
    let cosineSign = ((bits &+ 1) & 2) &<< 30
    return (
        flipped(corral_select(isOdd, cosine, sine), sineSign), flipped(corral_select(isOdd, sine, cosine), cosineSign)
    )
}

/// The angle in -π...π that differs by whole turns; for angles up to 1e3 rad.
@inline(__always)
func wrapped(_ angle: Lanes) -> Lanes {
    let turns = corral_rounded(angle * Float(0.15915494))
    return (angle - turns * Float(6.28125)) - turns * Float(1.9353072e-3)
}

/// e to a power of at most 0; relative error below 3e-7. Powers below -87 give what -87 gives, 1e-38.
///
/// A power of two from the exponent bits times the polynomial of Cephes (S. Moshier) for the rest.
@inline(__always)
func exponential(_ power: Lanes) -> Lanes {
    let power = corral_greatest(power, Lanes(repeating: -87))
    let scaled = power * Float(1.44269504)
    let twos = corral_rounded(scaled)
    let rest = (power - twos * Float(0.693359375)) - twos * Float(-2.12194440e-4)
    let high = polynomial(rest, 8.3334519073e-3, 1.3981999507e-3, 1.9875691500e-4)
    let middle = (high * rest + Float(4.1665795894e-2)) * rest + Float(1.6666665459e-1)
    let value = ((middle * rest + 0.5) * (rest * rest) + rest) + 1
    let exponent = (corral_rounded_bits(scaled) &- bits(Lanes(repeating: 12582912))) &<< 23
    return bits(lanes: bits(value) &+ exponent)
}

/// With the sign flipped where the highest bit is set.
@inline(__always)
func flipped(_ value: Lanes, _ sign: SIMD8<Int32>) -> Lanes { bits(lanes: bits(value) ^ sign) }

@inline(__always)
func bits(_ value: Lanes) -> SIMD8<Int32> { unsafeBitCast(value, to: SIMD8<Int32>.self) }

@inline(__always)
func bits(lanes bits: SIMD8<Int32>) -> Lanes { unsafeBitCast(bits, to: Lanes.self) }

@inline(__always)
func magnitude(_ value: Lanes) -> Lanes { bits(lanes: bits(value) & 0x7fff_ffff) }

/// -1 in lanes where a magnitude passes a limit, else 0.
@inline(__always)
func beyond(_ value: Lanes, _ limit: Float) -> SIMD8<Int32> { corral_above(magnitude(value), Lanes(repeating: limit)) }

/// Held to `-limit...limit`.
@inline(__always)
func clipped(_ value: Lanes, _ limit: Float) -> Lanes { clipped(value, -limit, limit) }

@inline(__always)
func clipped(_ value: Lanes, _ low: Float, _ high: Float) -> Lanes {
    corral_least(corral_greatest(value, Lanes(repeating: low)), Lanes(repeating: high))
}

/// Whether a number is finite, without a branch.
@inline(__always)
func isFinite(_ number: Float) -> Bool { number.bitPattern & 0x7f80_0000 != 0x7f80_0000 }
