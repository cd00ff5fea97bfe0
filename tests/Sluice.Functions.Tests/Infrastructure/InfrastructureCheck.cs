using System.Diagnostics;

namespace Sluice.Functions.Tests.Infrastructure;

/// <summary>Runs <c>infra/check</c>, which brings what it needs from npm once.</summary>
static class InfrastructureCheck
{
    const int NothingChecked = 3;

    static readonly Lazy<string?> reasonToSkip = new(FindReasonToSkip);

    /// <summary>Why the check cannot run on this machine; null when it can.</summary>
    internal static string? ReasonToSkip => reasonToSkip.Value;

    internal static string Root { get; } = FindRoot();

    internal static (int Exit, string Said) Run(string root)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(Root, "infra", "check"), root]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said);
    }

    static string? FindReasonToSkip()
    {
        if (OperatingSystem.IsWindows())
        {
            return "infra/check is a bash script.";
        }

        var (exit, said) = Run(Root);
        return exit == NothingChecked ? said.Trim() : null;
    }

    static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Functions.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}

/// <summary>A test that needs node and packages from npm; skipped with the reason where they cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
sealed class InfrastructureFactAttribute : FactAttribute
{
    public InfrastructureFactAttribute() => Skip = InfrastructureCheck.ReasonToSkip;
}
