using Microsoft.Extensions.Configuration;

namespace Sluice.Embedded;

/// <summary>Settings of the embedded runtime, section <c>Sluice</c>. The app may keep settings of its own in the same section.</summary>
public sealed record EmbeddedOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Sluice";

    /// <summary>The folder of everything that the runtime keeps: history, receipts, keys. Relative to the current directory.</summary>
    public string Store { get; init; } = ".sluice";

    /// <summary>False: no port is opened. HTTP functions are checked, but cannot be called.</summary>
    public bool Http { get; init; } = true;

    /// <summary>False: timers and blob folders start nothing. For a process that runs one orchestration and ends.</summary>
    public bool Triggers { get; init; } = true;

    /// <summary>Addresses to listen on, divided by semicolons. Null: <c>--urls</c> or ASPNETCORE_URLS, else http://127.0.0.1:7071.</summary>
    public string? Urls { get; init; }

    /// <summary>Allows addresses that other machines can reach. Function keys are required then.</summary>
    public bool AllowNonLoopback { get; init; }

    /// <summary>Asks for keys on loopback too. Off by default, as with Core Tools.</summary>
    public bool RequireKeys { get; init; }

    /// <summary>Host names, divided by semicolons, that a request may carry besides loopback ones. <c>*</c>: any.</summary>
    public string AllowedHosts { get; init; } = "";

    /// <summary>The largest HTTP request body, in bytes: 100 MiB, as in Azure.</summary>
    public long MaxRequestBodyBytes { get; init; } = 100L << 20;

    /// <summary>The folder with one folder per blob container. Null: <c>blobs</c> in the store.</summary>
    public string? Blobs { get; init; }

    /// <summary>Time between two looks at a new blob: it counts as whole when neither size nor time changed in between.</summary>
    public TimeSpan BlobSettle { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Time between two scans of the blob folders, which find what the file system did not report; and between two looks into the containers of an account.</summary>
    public TimeSpan BlobRescan { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Names of the assemblies with functions, divided by commas. Null: the entry assembly and what it references.</summary>
    public string? Assemblies { get; init; }

    internal string Folder(params string[] parts) => Path.Combine([Path.GetFullPath(Store), .. parts]);

    internal string BlobFolder => Blobs is null ? Folder("blobs") : Path.GetFullPath(Blobs);

    internal static EmbeddedOptions Read(IConfiguration configuration) =>
        configuration.GetSection(Section).Get<EmbeddedOptions>() ?? new EmbeddedOptions();
}
