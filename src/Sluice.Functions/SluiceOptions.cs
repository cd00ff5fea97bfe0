using System.ComponentModel.DataAnnotations;

namespace Sluice.Functions;

/// <summary>Settings of the app, section <c>Sluice</c>.</summary>
public sealed class SluiceOptions
{
    public const string Section = "Sluice";

    /// <summary>Folder of the local store; relative to the current folder. Default <c>.sluice</c>.</summary>
    [Required]
    public string Store { get; set; } = ".sluice";

    /// <summary>Folders that pipelines started over HTTP may read, besides the incoming one; separated by the platform's path separator. Default none.</summary>
    public string InputRoots { get; set; } = "";

    /// <summary>File that gets a line for each unit of work that starts, is done, or is found done. Default none.</summary>
    public string UnitLog { get; set; } = "";
}
