using System.ComponentModel.DataAnnotations;
using System.Net;
using EContract.Hosting.Settings;
using EContract.Hsm;
using Npgsql;

namespace EContract.Server;

/// <summary>Judges the settings that belong to no role.</summary>
internal static class ServerSettings
{
    /// <summary>Sections of roles that this process may not serve: one file may be shared by many processes.</summary>
    public static readonly IReadOnlyList<string> OfRoles = ["Ca", "Tsa", "Clock", "Signer", "Validation", "CallerRevocation"];

    public static void CheckRoles(IReadOnlyList<string> roles, SettingErrors errors)
    {
        var right = $"one or more of {string.Join(", ", Roles.All)}";
        errors.Require(roles.Count > 0, "", "is empty", right);
        foreach (var role in roles.Except(Roles.All))
        {
            errors.Add("", $"names the unknown role '{role}'", right);
        }
    }

    public static void CheckEndpoints(EndpointOptions endpoints, SettingErrors errors)
    {
        foreach (var (name, value) in new[] { (nameof(endpoints.Grpc), endpoints.Grpc), (nameof(endpoints.Http), endpoints.Http) })
        {
            errors.Require(
                IPEndPoint.TryParse(value, out var endpoint) && endpoint.Port != 0,
                name,
                $"'{value}' is not an address",
                "an IP address and port, for example '127.0.0.1:7443'"
            );
        }
    }

    /// <summary>Whatever is given must be right, used or not; what the roles of this process need must be given.</summary>
    public static void CheckPeers(PeerOptions peers, IList<string> roles, SettingErrors errors)
    {
        var needed = roles.Contains(Roles.Signer) ? new[] { Roles.Ca, Roles.Tsa }.Except(roles).ToHashSet() : [];
        foreach (var (role, address) in new[] { (Roles.Ca, peers.Ca), (Roles.Tsa, peers.Tsa) })
        {
            var name = char.ToUpperInvariant(role[0]) + role[1..];
            if (address is null)
            {
                errors.Require(
                    !needed.Contains(role),
                    name,
                    "is missing",
                    "the address of a process with that role, or the role itself in Roles"
                );
            }
            else
            {
                errors.Require(
                    Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps,
                    name,
                    $"'{address}' is not an address",
                    "for example 'https://ca:7443'"
                );
            }
        }

        var calls = needed.Count > 0 || (peers.Ca ?? peers.Tsa) is not null;
        foreach (
            var (name, file) in new[]
            {
                (nameof(peers.Certificate), peers.Certificate),
                (nameof(peers.Key), peers.Key),
                (nameof(peers.Anchors), peers.Anchors),
            }
        )
        {
            errors.Require(
                file is null ? !calls : File.Exists(file),
                name,
                file is null ? "is missing" : $"'{file}' does not exist",
                "a PEM file"
            );
        }
    }

    public static void CheckDatabase(DatabaseOptions options, SettingErrors errors)
    {
        errors.Require(
            !string.IsNullOrWhiteSpace(options.Database),
            nameof(options.Database),
            "is missing",
            "a PostgreSQL connection string, for example 'Host=db;Database=econtract;Username=econtract'"
        );
        foreach (var (name, text) in new[] { (nameof(options.Database), options.Database), (nameof(options.Audit), options.Audit) })
        {
            try
            {
                _ = new NpgsqlConnectionStringBuilder(text);
            }
            catch (Exception exception) when (exception is ArgumentException or FormatException)
            {
                // Not the text itself: it may hold a password.
                errors.Add(name, "is not a PostgreSQL connection string", "for example 'Host=db;Database=econtract;Username=econtract'");
            }
        }
    }

    public static void CheckToken(TokenOptions options, IList<string> roles, SettingErrors errors)
    {
        // A faulty RSA-CRT signature gives the key away, and the CA's keys are worth most. Faulty time-stamps and OCSP responses are refused
        // by whoever asked: RFC 3161 §2.4.2 and RFC 6960 §3.2 bind requesters to verify.
        errors.Require(
            options.SignatureCheck != SignatureCheck.Never || !roles.Contains(Roles.Ca),
            nameof(options.SignatureCheck),
            $"is {options.SignatureCheck}",
            $"'{SignatureCheck.Always}' or '{SignatureCheck.RsaOnly}' with the role {Roles.Ca}"
        );
        var found = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), found, validateAllProperties: true);
        foreach (var result in found)
        {
            errors.Add(
                result.MemberNames.FirstOrDefault() ?? "",
                $"is wrong: {result.ErrorMessage?.TrimEnd('.')}",
                "see section Token of docs/operations.md"
            );
        }

        errors.Require(
            options.ModulePath.Length == 0 || File.Exists(options.ModulePath),
            nameof(options.ModulePath),
            $"'{options.ModulePath}' does not exist",
            "the absolute path of the PKCS#11 module"
        );
        errors.Require(
            options.PinFile is null || File.Exists(options.PinFile),
            nameof(options.PinFile),
            $"'{options.PinFile}' does not exist",
            "a file with the user PIN in its first line"
        );
    }
}
