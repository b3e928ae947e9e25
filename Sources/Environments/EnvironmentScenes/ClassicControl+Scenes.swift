import ClassicControl

extension CartPoleConfiguration: SceneSource {
    public func scene(of row: RecordView) -> any Scene {
        CartPoleScene(position: row.number("x"), angle: row.number("theta"))
    }
}
