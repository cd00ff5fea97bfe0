namespace Sluice.Embedded.Durable;

/// <summary>What may be an instance id: what every provider of Durable Task accepts.</summary>
static class Names
{
    const int MaxIdLength = 100;

    public static void CheckInstanceId(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (id.Length is 0 or > MaxIdLength || id[0] == '@' || id.AsSpan().IndexOfAny("/\\#?") >= 0 || id.Any(char.IsControl))
        {
            throw new ArgumentException(
                $"The instance id is not allowed: found '{Shorten(id)}' ({id.Length} characters). Expected 1 to {MaxIdLength} characters, not "
                    + "starting with '@', "
                + @"without '/', '\', '#', '?' and control characters. Use letters, digits, '.', '_' and '-'.",
                nameof(id));
        }
    }

    static string Shorten(string id) => new([.. id.Take(MaxIdLength).Select(c => char.IsControl(c) ? '\uFFFD' : c)]);
}
