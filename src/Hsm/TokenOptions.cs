using System.ComponentModel.DataAnnotations;

namespace EContract.Hsm;

/// <summary>Where the token is, how to log in, and how hard it may be used. Validated when the token is opened.</summary>
public sealed class TokenOptions : IValidatableObject
{
    /// <summary>Absolute path of the PKCS#11 module.</summary>
    [Required]
    public string ModulePath { get; set; } = "";

    /// <summary>The token's label; this or <see cref="TokenSerial"/> selects it, never a slot number.</summary>
    public string? TokenLabel { get; set; }

    /// <summary>The token's serial number.</summary>
    public string? TokenSerial { get; set; }

    /// <summary>User name for tokens with named users (C_LoginUser, PKCS#11 3.0); the plain C_Login without it.</summary>
    public string? UserName { get; set; }

    /// <summary>File with the user PIN in its first line; readable by this user only.</summary>
    public string? PinFile { get; set; }

    /// <summary>Name of the environment variable that holds the user PIN.</summary>
    public string? PinEnvironment { get; set; }

    /// <summary>Ask for the PIN at the terminal (ceremonies).</summary>
    public bool PinPrompt { get; set; }

    /// <summary>The string some modules want as C_Initialize's pReserved (NSS: <c>configdir='sql:…' …</c>).</summary>
    public string? InitializeArguments { get; set; }

    /// <summary>
    /// Native environment variables set before C_Initialize (<c>SOFTHSM2_CONF</c>): a module reads the C environment,
    /// which <see cref="Environment.SetEnvironmentVariable(string, string?)"/> doesn't touch.
    /// </summary>
    public Dictionary<string, string> ModuleEnvironment { get; set; } = [];

    /// <summary>Open read-only sessions: for a token that refuses others; no key can be made then.</summary>
    public bool ReadOnly { get; set; }

    /// <summary>Sessions, and so calls on the token at once. A network HSM wants about 30; a soft token no more than callers.</summary>
    [Range(1, 1024)]
    public int Sessions { get; set; } = 16;

    /// <summary>Sessions that hold opened subscriber keys, apart from the others so that held keys starve nobody.</summary>
    [Range(1, 1024)]
    public int KeySessions { get; set; } = 16;

    /// <summary>Calls that may wait for a session; one more is refused as <see cref="HsmFault.Busy"/>.</summary>
    [Range(1, 1_000_000)]
    public int MaxWaiting { get; set; } = 1024;

    /// <summary>How long a call waits for a session or for the token to come back.</summary>
    public TimeSpan WaitTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A native call that takes longer counts as hanging: its caller is answered, its session written off.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The same for key generation, which is slow on small tokens.</summary>
    public TimeSpan GenerateTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Part of the sessions, in percent, that archive and load work may hold together.</summary>
    [Range(1, 100)]
    public int BackgroundShare { get; set; } = 50;

    /// <summary>Initialise the module anew after this many session objects (SoftHSM leaks 240 bytes each); 0 = never.</summary>
    [Range(0, int.MaxValue)]
    public int RecycleAfter { get; set; } = 20_000;

    /// <summary>Which signatures of token keys are verified before release; of wrapped keys: <see cref="Vault.VaultOptions.SignatureCheck"/>.</summary>
    public SignatureCheck SignatureCheck { get; set; } = SignatureCheck.Always;

    /// <summary>Whether token keys in steady use work through a session copy: faster on a soft token, and a second object in the module.</summary>
    public SessionCopies SessionCopies { get; set; } = SessionCopies.Auto;

    /// <exception cref="ValidationException">Something is missing or contradicts itself; the message says what.</exception>
    public void Validate() => Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);

    /// <summary>What no attribute of a single setting can tell.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (TokenLabel is null && TokenSerial is null)
        {
            yield return new("TokenLabel or TokenSerial must say which token it is", [nameof(TokenLabel)]);
        }

        var pins = (PinFile is null ? 0 : 1) + (PinEnvironment is null ? 0 : 1) + (PinPrompt ? 1 : 0);
        if (pins != 1)
        {
            yield return new("exactly one of PinFile, PinEnvironment and PinPrompt says where the PIN is", [nameof(PinFile)]);
        }

        foreach (
            var (name, time) in new[]
            {
                (nameof(WaitTimeout), WaitTimeout),
                (nameof(CallTimeout), CallTimeout),
                (nameof(GenerateTimeout), GenerateTimeout),
            }
        )
        {
            if (time <= TimeSpan.Zero)
            {
                yield return new($"{name} must be positive", [name]);
            }
        }
    }
}
