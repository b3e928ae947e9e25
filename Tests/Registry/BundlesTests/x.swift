import Bundles
