using System.Security.Cryptography;
using System.Text.Json;
using EContract.Ca.Authorities;
using EContract.Ca.Issuance;
using EContract.Ca.Profiles;
using EContract.Hosting.Errors;
using EContract.Hsm.Keys;
using EContract.Pki;
using EContract.Pki.Crl;
using EContract.Pki.X509;

namespace EContract.Ca.Ceremony;

/// <summary>
/// Follows a reviewed script: makes keys, CAs and infrastructure certificates below one directory, and a transcript signed by the
/// root. A run that was interrupted is taken up where it stopped; a completed one is refused.
/// </summary>
/// <param name="directory">Output: hierarchy.json, pki/, and ceremonies/{name}/ with state and transcript.</param>
public sealed class CeremonyRunner(string directory, IKeyStore token, ProfileCatalogue profiles, TimeProvider time)
{
    private CeremonyState _state = new();
    private string _stateFile = "";

    /// <exception cref="ServiceException"><see cref="Fault.CeremonyScriptInvalid"/> names every error; <see cref="Fault.CeremonyAlreadyHeld"/>.</exception>
    public async Task<CeremonyResult> RunAsync(ReadOnlyMemory<byte> scriptJson, CancellationToken cancellationToken)
    {
        var script = ReadScript(scriptJson);
        var hierarchy = HierarchyFile.Load(directory);
        LoadState(script, Convert.ToHexString(SHA256.HashData(scriptJson.Span)));
        if (_state.Plans.Count == 0)
        {
            RequireValid(script, hierarchy);
        }

        var book = new CeremonyBook(directory, hierarchy ?? new HierarchyFile { BaseUrl = script.BaseUrl });
        using var keys = new CeremonyKeys(directory, token, _state, SaveState, book.IsCertified);
        foreach (var authority in script.Authorities)
        {
            await MakeAuthorityAsync(authority, script, book, keys, cancellationToken);
        }

        foreach (var responder in script.Responders)
        {
            await MakeResponderAsync(responder, script, book, keys, cancellationToken);
        }

        foreach (var certificate in script.Certificates)
        {
            await MakeCertificateAsync(certificate, script, book, keys, cancellationToken);
        }

        foreach (var cross in script.CrossCertificates)
        {
            await CrossCertifyAsync(cross, script, book, cancellationToken);
        }

        await IssueCrlsAsync(script, book, cancellationToken);
        book.Hierarchy.Save(directory);
        return await CompleteAsync(script, book, cancellationToken);
    }

    private static CeremonyScript ReadScript(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<CeremonyScript>(json.Span, ProfileCatalogue.Json) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new ServiceException(Fault.CeremonyScriptInvalid, e.Message);
        }
    }

    private void RequireValid(CeremonyScript script, HierarchyFile? hierarchy)
    {
        var errors = CeremonyScriptValidator.Validate(script, profiles, hierarchy);
        if (errors.Count > 0)
        {
            throw new ServiceException(Fault.CeremonyScriptInvalid, string.Join("; ", errors));
        }
    }

    private void LoadState(CeremonyScript script, string digest)
    {
        _stateFile = Path.Combine(directory, "ceremonies", script.Ceremony, "state.json");
        if (!File.Exists(_stateFile))
        {
            _state = new CeremonyState { ScriptSha256 = digest, Started = time.GetUtcNow() };
            return;
        }

        _state = JsonSerializer.Deserialize<CeremonyState>(File.ReadAllBytes(_stateFile), ProfileCatalogue.Json)!;
        if (_state.Completed is { } completed)
        {
            throw new ServiceException(Fault.CeremonyAlreadyHeld, $"ceremony {script.Ceremony} was completed at {completed:O}");
        }

        if (_state.ScriptSha256 != digest)
        {
            throw new ServiceException(Fault.CeremonyAlreadyHeld, $"ceremony {script.Ceremony} was begun with another script");
        }
    }

    private void SaveState() => DurableFile.Write(_stateFile, JsonSerializer.SerializeToUtf8Bytes(_state, DurableFile.Indented));

    private void Record(string step, params (string Name, string Value)[] details)
    {
        _state.Transcript.Add(new(time.GetUtcNow(), step, details.ToDictionary(d => d.Name, d => d.Value)));
        SaveState();
    }

    private async Task MakeAuthorityAsync(
        AuthorityScript authority,
        CeremonyScript script,
        CeremonyBook book,
        CeremonyKeys keys,
        CancellationToken cancellationToken
    )
    {
        var key = await MakeKeyAsync(authority.Id, authority.Key, keys, cancellationToken);
        var spki = SubjectPublicKeyInfo.Decode(key.SubjectPublicKeyInfo);
        var subject = ToName(authority.Subject);
        var issuer = authority.Issuer is null
            ? new CeremonyIssuer(
                IssuerIdentity.SelfSigned(authority.Id, subject, spki, SigningKeys.SignatureAlgorithmOf(key.Algorithm)),
                [],
                key
            )
            : await FindIssuerAsync(authority.Issuer, book, cancellationToken);
        var certificate = await IssueAsync(
            authority.Id,
            authority.Profile,
            issuer,
            spki,
            new Placeholders(),
            subject,
            script,
            cancellationToken
        );
        book.Add(authority, certificate, authority.Profile);
        if (authority.Ocsp is { } ocsp)
        {
            var responder = new ResponderRenewalScript("ocsp-" + authority.Id, authority.Id, ocsp.Subject, ocsp.Key, ocsp.Profile);
            await MakeResponderAsync(responder, script, book, keys, cancellationToken);
        }
    }

    private async Task MakeResponderAsync(
        ResponderRenewalScript responder,
        CeremonyScript script,
        CeremonyBook book,
        CeremonyKeys keys,
        CancellationToken cancellationToken
    )
    {
        var key = await MakeKeyAsync(responder.Id, responder.Key, keys, cancellationToken);
        var issuer = await FindIssuerAsync(responder.Authority, book, cancellationToken);
        var certificate = await IssueAsync(
            responder.Id,
            responder.Profile,
            issuer,
            SubjectPublicKeyInfo.Decode(key.SubjectPublicKeyInfo),
            new Placeholders(),
            ToName(responder.Subject),
            script,
            cancellationToken
        );
        book.AddResponder(responder.Authority, responder.Id, responder.Key, responder.Profile, certificate);
    }

    private async Task MakeCertificateAsync(
        CertificateScript certificate,
        CeremonyScript script,
        CeremonyBook book,
        CeremonyKeys keys,
        CancellationToken cancellationToken
    )
    {
        var key = await MakeKeyAsync(certificate.Id, certificate.Key, keys, cancellationToken);
        var issuer = await FindIssuerAsync(certificate.Issuer, book, cancellationToken);
        var values = new Placeholders().Set("dns", [.. certificate.Dns ?? []]).Set("ip", [.. certificate.Ip ?? []]);
        var issued = await IssueAsync(
            certificate.Id,
            certificate.Profile,
            issuer,
            SubjectPublicKeyInfo.Decode(key.SubjectPublicKeyInfo),
            values,
            ToName(certificate.Subject),
            script,
            cancellationToken
        );
        book.Add(certificate, issued);
    }

    private async Task CrossCertifyAsync(
        CrossCertificateScript cross,
        CeremonyScript script,
        CeremonyBook book,
        CancellationToken cancellationToken
    )
    {
        var issuer = await FindIssuerAsync(cross.Issuer, book, cancellationToken);
        var subject = book.CertificateOf(cross.Subject);
        var issued = await IssueAsync(
            cross.Id,
            cross.Profile,
            issuer,
            subject.Tbs.SubjectPublicKeyInfo,
            new Placeholders(),
            subject.Tbs.Subject,
            script,
            cancellationToken
        );
        book.Add(cross, issued);
    }

    private async Task<ISigningKey> MakeKeyAsync(string id, KeyScript script, CeremonyKeys keys, CancellationToken cancellationToken)
    {
        var (key, made) = await keys.MakeAsync(script, cancellationToken);
        if (made)
        {
            Record(
                "key",
                ("id", id),
                ("location", script.Token is { } label ? $"token:{label}" : $"file:{script.File}"),
                ("algorithm", script.Algorithm.ToString()),
                ("public_key_sha256", Convert.ToHexString(SHA256.HashData(key.SubjectPublicKeyInfo.Span)))
            );
        }

        return key;
    }

    private async Task<CeremonyIssuer> FindIssuerAsync(string id, CeremonyBook book, CancellationToken cancellationToken)
    {
        var entry = book.Hierarchy.Authorities.First(a => a.Id == id);
        var certificate = book.CertificateOf(id);
        var key =
            await token.FindAsync(entry.KeyLabel, cancellationToken)
            ?? throw new ServiceException(Fault.TokenKeyMissing, $"the token has no key {entry.KeyLabel}");
        return key.SubjectPublicKeyInfo.Span.SequenceEqual(certificate.Tbs.SubjectPublicKeyInfo.Encoded.Span)
            ? new(IssuerIdentity.Of(id, certificate, SigningKeys.SignatureAlgorithmOf(key.Algorithm)), book.ChainOf(id), key)
            : throw new ServiceException(Fault.TokenKeyMissing, $"the token's key {entry.KeyLabel} is not that of {id}");
    }

    private async Task<Certificate> IssueAsync(
        string id,
        string profileName,
        CeremonyIssuer issuer,
        SubjectPublicKeyInfo key,
        Placeholders values,
        DistinguishedName subject,
        CeremonyScript script,
        CancellationToken cancellationToken
    )
    {
        if (_state.Certificates.TryGetValue(id, out var done))
        {
            return Certificate.Decode(Convert.FromBase64String(done));
        }

        var profile = profiles.Get(profileName);
        if (!_state.Plans.TryGetValue(id, out var planned))
        {
            var plan = new CertificatePlan(profile, profiles.Algorithms, new(script.BaseUrl)) { GivenSubject = subject, Values = values };
            var tbs = plan.Build(issuer.Identity, key, SerialNumber.CreateRandom(), time.GetUtcNow());
            planned = Convert.ToBase64String(tbs.Prepare().ToBeSigned.Span);
            _state.Plans[id] = planned;
            SaveState();
        }

        var prepared = PreparedCertificate.FromStored(Convert.FromBase64String(planned));
        await LintGate.PassAsync(
            TbsCertificate.Decode(prepared.ToBeSigned),
            issuer.Chain,
            profile,
            issuer.Key.Algorithm,
            cancellationToken
        );
        var signature = await issuer.Key.SignDataAsync(issuer.Identity.Signature, prepared.ToBeSigned, cancellationToken);
        var certificate = prepared.Complete(signature);
        if (!certificate.IsSignedBy(issuer.Identity.Key))
        {
            throw new ServiceException(Fault.SignatureNotVerified, $"the signature on {id} does not verify");
        }

        _state.Certificates[id] = Convert.ToBase64String(certificate.Encoded.Span);
        Record(
            "certificate",
            ("id", id),
            ("issuer", issuer.Identity.Id),
            ("profile", profileName),
            ("subject", certificate.Tbs.Subject.ToString()),
            ("serial_number", certificate.Tbs.SerialNumber.ToString()),
            ("sha256", Convert.ToHexString(SHA256.HashData(certificate.Encoded.Span)))
        );
        return certificate;
    }

    private async Task IssueCrlsAsync(CeremonyScript script, CeremonyBook book, CancellationToken cancellationToken)
    {
        foreach (var revocation in script.Revocations)
        {
            book.Revoke(revocation, time.GetUtcNow());
        }

        var offline = script
            .Authorities.Where(a => !a.Online)
            .Select(a => a.Id)
            .Concat(script.Crls)
            .Concat(script.Revocations.Select(r => r.Authority))
            .Distinct();
        foreach (var id in offline)
        {
            await IssueCrlAsync(id, book, cancellationToken);
        }
    }

    private async Task IssueCrlAsync(string id, CeremonyBook book, CancellationToken cancellationToken)
    {
        var issuer = await FindIssuerAsync(id, book, cancellationToken);
        var entry = book.Hierarchy.Authorities.First(a => a.Id == id);
        // The number is kept before it is used, so that a repeated run never signs two CRLs with one number.
        var number = _state.CrlNumbers[id] = Math.Max(_state.CrlNumbers.GetValueOrDefault(id), entry.CrlNumber) + 1;
        SaveState();
        var now = time.GetUtcNow();
        var writer = new TbsCertListWriter(issuer.Identity.Signature.Identifier, issuer.Identity.Name, now, now.AddDays(entry.CrlDays));
        foreach (var revoked in entry.Revoked ?? [])
        {
            var serial = SerialNumber.FromUnsigned(Convert.FromHexString(revoked.SerialNumber));
            writer.Add(new RevokedCertificate(serial, revoked.Time, revoked.Reason));
        }

        writer.Add(new Pki.X509.Extensions.AuthorityKeyIdentifier(issuer.Identity.KeyIdentifier).ToExtension());
        writer.AddCrlNumber(number);
        var prepared = writer.Prepare();
        var crl = prepared.Complete(await issuer.Key.SignDataAsync(issuer.Identity.Signature, prepared.ToBeSigned, cancellationToken));
        if (!CertificateRevocationList.Decode(crl).IsSignedBy(issuer.Identity.Key))
        {
            throw new ServiceException(Fault.SignatureNotVerified, $"the signature on the CRL of {id} does not verify");
        }

        book.AddCrl(id, crl, number);
        Record("crl", ("id", id), ("number", $"{number}"), ("sha256", Convert.ToHexString(SHA256.HashData(crl))));
    }

    private async Task<CeremonyResult> CompleteAsync(CeremonyScript script, CeremonyBook book, CancellationToken cancellationToken)
    {
        var completed = time.GetUtcNow();
        var transcript = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                script.Ceremony,
                script.Operators,
                _state.ScriptSha256,
                _state.Started,
                Completed = completed,
                Steps = _state.Transcript,
            },
            DurableFile.Indented
        );
        // Signed by the root: the text begins with "{", a TBSCertificate or TBSCertList with 0x30, so neither passes for the other.
        var root = await FindIssuerAsync(book.Hierarchy.Authorities.First(a => a.Issuer is null).Id, book, cancellationToken);
        var signature = await root.Key.SignDataAsync(root.Identity.Signature, transcript, cancellationToken);
        var folder = Path.GetDirectoryName(_stateFile)!;
        var path = Path.Combine(folder, "transcript.json");
        DurableFile.Write(path, transcript);
        DurableFile.Write(path + ".sig", signature);
        _state.Completed = completed;
        SaveState();
        return new(book.Hierarchy, path, path + ".sig");
    }

    private static DistinguishedName ToName(IReadOnlyList<IReadOnlyList<string>> subject) =>
        DistinguishedName.Of([.. subject.Select(a => (a[0], a[1]))]);
}
