@main struct Corral { static func main() {} }
