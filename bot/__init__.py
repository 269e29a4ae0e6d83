"""Everything that the robot says: rules and replies, remarks, the weather."""
