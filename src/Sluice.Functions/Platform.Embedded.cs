// The embedded flavour has nothing of its own yet beyond the engine that Sluice.Embedded brings.
