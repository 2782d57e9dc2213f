using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Pki.X509;

namespace EContract.Ca.Profiles;

/// <summary>
/// The CRYPTREC list as data (R11): which keys and hashes are allowed, and until when. A certificate never runs past the sunset of
/// its key, so that no certificate outlives the strength it promises.
/// </summary>
public sealed record AlgorithmPolicy(IReadOnlyList<AlgorithmRule> Keys, IReadOnlyList<AlgorithmRule> Hashes)
{
    private static readonly string[] KnownHashes = ["SHA256", "SHA384", "SHA512"];

    /// <summary>Refuses a key that the policy forbids now; gives the sunset that bounds its certificate's life, if there is one.</summary>
    /// <exception cref="ServiceException"><see cref="Fault.AlgorithmNotAllowed"/>, <see cref="Fault.AlgorithmSunset"/>, <see cref="Fault.KeyRefused"/>.</exception>
    public DateTimeOffset? RequireKey(SubjectPublicKeyInfo key, DateTimeOffset now)
    {
        var sunset = Require(Keys, key.Describe(), now);
        if (KeyStrength.FindWeakness(key) is { } weakness)
        {
            throw new ServiceException(Fault.KeyRefused, weakness);
        }

        return sunset;
    }

    /// <exception cref="ServiceException"><see cref="Fault.AlgorithmNotAllowed"/>, <see cref="Fault.AlgorithmSunset"/>.</exception>
    public void RequireSignature(AlgorithmIdentifier identifier, DateTimeOffset now)
    {
        var algorithm =
            SignatureAlgorithm.Find(identifier)
            ?? throw new ServiceException(
                Fault.AlgorithmNotAllowed,
                $"signature algorithm {identifier.Oid} is not allowed",
                ("algorithm", identifier.Oid)
            );
        Require(Hashes, algorithm.Hash.Name!, now);
    }

    /// <summary>A misspelt name would allow nothing, and a second row of a name would never be read.</summary>
    internal IEnumerable<string> FindErrors() =>
        [.. FindErrors("keys", Keys, ProfileValidator.KnownKeys), .. FindErrors("hashes", Hashes, KnownHashes)];

    private static IEnumerable<string> FindErrors(string list, IReadOnlyList<AlgorithmRule> rules, string[] known)
    {
        if (rules.Count == 0)
        {
            yield return $"{list} is empty";
        }

        foreach (var unknown in rules.Select(r => r.Algorithm).Distinct().Except(known))
        {
            yield return $"{list}: {unknown} is none of {string.Join(", ", known)}";
        }

        foreach (var twice in rules.GroupBy(r => r.Algorithm).Where(g => g.Count() > 1))
        {
            yield return $"{list}: {twice.Key} is there {twice.Count()} times";
        }
    }

    private static DateTimeOffset? Require(IReadOnlyList<AlgorithmRule> rules, string algorithm, DateTimeOffset now)
    {
        var rule =
            rules.FirstOrDefault(r => r.Algorithm == algorithm)
            ?? throw new ServiceException(Fault.AlgorithmNotAllowed, $"{algorithm} is not allowed", ("algorithm", algorithm));
        return rule.Sunset is { } sunset && now >= sunset
            ? throw new ServiceException(
                Fault.AlgorithmSunset,
                $"{algorithm} is not allowed since {sunset:yyyy-MM-dd}",
                ("algorithm", algorithm),
                ("sunset", sunset.ToString("O", System.Globalization.CultureInfo.InvariantCulture))
            )
            : rule.Sunset;
    }
}
