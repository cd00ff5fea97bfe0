using System.ComponentModel.DataAnnotations;

namespace Sluice.Functions;

/// <summary>Settings of the app, section <c>Sluice</c>.</summary>
public sealed class SluiceOptions
{
    public const string Section = "Sluice";

    /// <summary>Folder of the local store; relative to the current folder. Default <c>.sluice</c>.</summary>
    [Required]
    public string Store { get; set; } = ".sluice";

    /// <summary>Where data and the ledger lie: <c>Local</c> or <c>Azure</c>. Default the flavour's: Local in the embedded one.</summary>
    public string Storage { get; set; } = "";

    /// <summary>Container of the data where <see cref="Storage"/> is Azure; made when missing. Default <c>sluice</c>.</summary>
    [Required]
    [RegularExpression("(?=.{3,63}$)(?!incoming$)[a-z0-9]+(-[a-z0-9]+)*", ErrorMessage = "Sluice:Container is no container's name: expected 3 to 63 of a-z, 0-9 and single '-' between them, and not 'incoming', where uploads lie.")]
    public string Container { get; set; } = "sluice";

    /// <summary>Table of the ledger where <see cref="Storage"/> is Azure; made when missing. Default <c>sluice</c>.</summary>
    [Required]
    [RegularExpression("[A-Za-z][A-Za-z0-9]{2,62}", ErrorMessage = "Sluice:Table is no table's name: expected 3 to 63 of A-Z, a-z and 0-9, a letter first.")]
    public string Table { get; set; } = "sluice";

    /// <summary>Folder of downloaded objects and inputs where <see cref="Storage"/> is Azure. Default <c>sluice-cache</c> in the folder for temporary files.</summary>
    public string Cache { get; set; } = "";

    /// <summary>Address of a Key Vault whose secrets are settings. Default none.</summary>
    public string KeyVault { get; set; } = "";

    /// <summary>Folders that pipelines started over HTTP may read where <see cref="Storage"/> is Local, besides the incoming one; separated by the platform's path separator. Default none.</summary>
    public string InputRoots { get; set; } = "";

    /// <summary>File that gets a line for each unit of work that starts, is done, or is found done. Default none.</summary>
    public string UnitLog { get; set; } = "";
}
