namespace Sluice.Privacy.Recognisers;

/// <summary>Keys and tokens in the forms that their issuers publish so that scanners can find them.</summary>
static class Secrets
{
    const string Words = "key token secret api password credential auth authorization bearer";

    public static IReadOnlyList<Recogniser> All { get; } =
    [
        new("secret_token", null, "(?-i)(AKIA|ASIA|AIDA|AROA)[A-Z0-9]{16}", 0.95, null, Words),
        new("secret_token", null, @"(?-i)gh[pousr]_\w{36}\w*", 1, null, Words),
        new("secret_token", null, @"(?-i)github_pat_[A-Za-z0-9_]{60}[A-Za-z0-9_]*", 1, null, Words),
        new("secret_token", null, @"(?-i)glpat-[A-Za-z0-9_-]{20}[A-Za-z0-9_-]*", 1, null, Words),
        new("secret_token", null, @"(?-i)xox[abeoprs]-[A-Za-z0-9-]{10}[A-Za-z0-9-]*", 1, null, Words),
        new("secret_token", null, @"(?-i)AIza[A-Za-z0-9_-]{35}", 1, null, Words),
        new("secret_token", null, @"(?-i)(sk|rk|pk)_(live|test)_\w{16}\w*", 1, null, Words),
        new("secret_token", null, @"(?-i)sk-[A-Za-z0-9_-]{20}[A-Za-z0-9_-]*", 0.9, null, Words),
        new("secret_token", null, @"(?-i)SG\.[A-Za-z0-9_-]{16}[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{16}[A-Za-z0-9_-]*", 1, null, Words),
        new("secret_token", null, @"(?-i)npm_\w{36}", 1, null, Words),
        new("secret_token", null, @"(?-i)eyJ[A-Za-z0-9_-]{10}[A-Za-z0-9_-]*\.eyJ[A-Za-z0-9_-]{10}[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{10}[A-Za-z0-9_-]*", 1, null, Words),
        new("secret_token", null, @"(?-i)AccountKey=[A-Za-z0-9+/]{40}[A-Za-z0-9+/]*={0,2}", 1, null, Words),
        new("secret_token", null, @"BEGIN (RSA |EC |DSA |OPENSSH |ENCRYPTED )?PRIVATE KEY", 1, null, Words),
        new("secret_token", null, @"(password|passwd|pwd|secret|api_?key|access_?token)['""]? ?[:=] ?['""]?[A-Za-z0-9!#$%&*+./?@^_~-]{6}[A-Za-z0-9!#$%&*+./?@^_~-]*", 0.75, null, Words),
        new("secret_token", null, "[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}", 0.2, null, Words),
    ];
}
