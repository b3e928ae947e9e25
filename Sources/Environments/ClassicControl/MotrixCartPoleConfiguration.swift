import Foundations
import Spaces
import VectorEnvironments

/// The settings of MotrixLab's `cartpole`: a cart on a rail, pushed by a continuous force, with a heavy pole.
public struct MotrixCartPoleConfiguration: EnvironmentConfiguration, Hashable {
    public var simDT = 0.01
    public var controlDT = 0.01
    public var maxEpisodeSeconds: Double? = 10
    public var renderSpacing = 2.0
    /// Positions and velocities start within this distance from 0.
    public var resetNoiseScale = 0.01

    public init() {}

    public static func layout(precision: Precision) throws(Failure) -> VectorLayout {
        let limits = [Float](repeating: .infinity, count: 4)
        return VectorLayout(
            observationSpace: try .bounded(limits.map { -$0 }, limits), actionSpace: try .bounded([-3], [3]),
            observation: ArrayField("observation", .float32, [4]), action: ArrayField("action", .float32, [1]),
            reward: precision.dtype,
            state: precision.fields(["slide_position", "hinge_position", "slide_velocity", "hinge_velocity"]))
    }

    public func validate() throws(Failure) {
        guard (0...0.2).contains(resetNoiseScale) else {
            throw Failure(.invalidArgument, "reset_noise_scale must be from 0 to 0.2, not \(resetNoiseScale)")
        }
    }
}

/// The body that MotrixLab's `cartpole` describes, with the masses that a density of 1,000 kg/m³ gives its capsules: a
/// cart of radius and half length 0.1 m and a pole of radius 0.049 m and half length 0.3 m whose end is on the cart.
public struct MotrixCartPoleModel: Sendable {
    /// kg.
    public let cartMass: Double
    public let poleMass: Double
    /// From the hinge to the centre of the pole, m.
    public let poleCentre = 0.3
    /// Of the pole around the hinge, kg m².
    public let poleInertia: Double
    /// m/s².
    public let gravity = 9.81
    /// Of both joints, N s/m and N m s/rad.
    public let damping = 1.0
    /// N for a control of 1.
    public let gear = 100.0

    public init() {
        cartMass = Self.mass(radius: 0.1, halfLength: 0.1)
        let (radius, half) = (0.049, 0.3)
        poleMass = Self.mass(radius: radius, halfLength: half)
        // A cylinder and two half spheres around the centre, after the formulas for capsules of rigid-body engines.
        let spheres = poleMass * 4 * radius / (4 * radius + 6 * half)
        let cylinder = poleMass - spheres
        let own =
            cylinder * (3 * radius * radius + 4 * half * half) / 12
            + spheres * (0.4 * radius * radius + half * (3 * radius + 4 * half) / 4)
        poleInertia = own + poleMass * poleCentre * poleCentre
    }

    private static func mass(radius: Double, halfLength: Double) -> Double {
        1000 * Double.pi * radius * radius * (2 * halfLength + 4 * radius / 3)
    }
}
