using System.Text.RegularExpressions;

namespace Sluice.Privacy;

/// <summary>
/// The five patterns as they were first written down, kept for who relies on them. They find too much and too little: 999.999.999.999, any sixteen
/// digits and 000-12-3456 match; a card of fifteen digits, IPv6 and +44 20 7946 0958 do not, and <c>[A-Z|a-z]</c> lets a bar into an address.
/// </summary>
static partial class SeedPatterns
{
    public static IReadOnlyList<(string Entity, Regex Pattern, double Confidence)> All { get; } =
        [("ssn", Ssn, 1), ("credit_card", CreditCard, 1), ("email", Email, 1), ("phone", Phone, 1), ("ip_address", IpAddress, 1)];

    [GeneratedRegex(@"\b\d{3}-\d{2}-\d{4}\b", RegexOptions.CultureInvariant)]
    static partial Regex Ssn { get; }

    [GeneratedRegex(@"\b\d{4}[\s-]?\d{4}[\s-]?\d{4}[\s-]?\d{4}\b", RegexOptions.CultureInvariant)]
    static partial Regex CreditCard { get; }

    // The local part can be given back a character at a time from each of its starts: bounded by the time limit, like the others.
    [GeneratedRegex(@"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Z|a-z]{2,}\b", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    static partial Regex Email { get; }

    [GeneratedRegex(@"\b\d{3}[\s.-]?\d{3}[\s.-]?\d{4}\b", RegexOptions.CultureInvariant)]
    static partial Regex Phone { get; }

    [GeneratedRegex(@"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b", RegexOptions.CultureInvariant)]
    static partial Regex IpAddress { get; }
}
