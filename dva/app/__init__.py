"""Use cases: functions over values and ports. They print nothing and know no terminal."""
