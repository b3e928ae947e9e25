@_exported public import CLanes
