namespace Sluice.Core.Tests.Connectors;

/// <summary>A test of file permissions: they do not bind the superuser, and Windows has others.</summary>
public sealed class UnprivilegedFactAttribute : FactAttribute
{
    public UnprivilegedFactAttribute()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Skip = "File permissions do not bind this user; run the tests as an ordinary user on Linux or macOS.";
        }
    }
}
