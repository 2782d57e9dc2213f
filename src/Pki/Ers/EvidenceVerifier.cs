using System.Security.Cryptography;
using EContract.Pki.Tsp;

namespace EContract.Pki.Ers;

/// <summary>
/// Verifies the hashes of an evidence record (RFC 4998 §4.3 and §5.3): from the data objects over every hash tree and renewal to the
/// last time-stamp. What is wrong is a result that names its place. Whether the time-stamps themselves were valid is the validator's
/// work: <see cref="EvidenceCheck.TimeStamps"/> says when each has to have been.
/// </summary>
public static class EvidenceVerifier
{
    /// <summary>The data objects' digests in this algorithm; null when they are not known.</summary>
    public delegate IReadOnlyList<ReadOnlyMemory<byte>>? DigestsOf(HashAlgorithmName hash);

    /// <param name="wholeGroup">The data objects are a whole data group: the first hash list must hold nothing else.</param>
    public static EvidenceCheck Verify(EvidenceRecord record, DigestsOf digestsOf, bool wholeGroup = false)
    {
        var state = new State(record, digestsOf, wholeGroup);
        try
        {
            return state.Run();
        }
        catch (MalformedException)
        {
            return state.Failed(EvidenceProblem.TimeStampMalformed);
        }
    }

    private sealed class State(EvidenceRecord record, DigestsOf digestsOf, bool wholeGroup)
    {
        private readonly List<EvidenceTimeStamp> _timeStamps = [];
        private int _chain;
        private int _position;

        public EvidenceCheck Run()
        {
            IReadOnlyList<ArchiveTimeStampChain> chains = record.Sequence.Chains;
            for (_chain = 0; _chain < chains.Count; _chain++)
            {
                IReadOnlyList<ArchiveTimeStamp> links = chains[_chain].TimeStamps;
                HashAlgorithmName? ofChain = null;
                for (_position = 0; _position < links.Count; _position++)
                {
                    if (Link(links, ref ofChain) is var problem and not EvidenceProblem.None)
                    {
                        return Failed(problem);
                    }
                }
            }

            return new EvidenceCheck { Problem = EvidenceProblem.None, TimeStamps = _timeStamps };
        }

        public EvidenceCheck Failed(EvidenceProblem problem) =>
            new()
            {
                Problem = problem,
                Chain = _chain,
                Position = _position,
                TimeStamps = _timeStamps,
            };

        private EvidenceProblem Link(IReadOnlyList<ArchiveTimeStamp> links, ref HashAlgorithmName? ofChain)
        {
            ArchiveTimeStamp link = links[_position];
            var token = TimeStampToken.Decode(link.TimeStamp);
            if (link.Hash() is not { } hash || HashAlgorithms.FromOid(token.TstInfo.MessageImprint.HashAlgorithm.Oid) is null)
            {
                return EvidenceProblem.AlgorithmUnknown;
            }

            if (record.DigestAlgorithms.All(algorithm => algorithm.Oid != HashAlgorithms.ToOid(hash)))
            {
                return EvidenceProblem.AlgorithmNotListed;
            }

            if (ofChain is { } expected && expected != hash)
            {
                return EvidenceProblem.AlgorithmsDifferInChain;
            }

            ofChain = hash;
            if (_timeStamps.Count > 0)
            {
                if (token.TstInfo.GenTime < _timeStamps[^1].Token.TstInfo.GenTime)
                {
                    return EvidenceProblem.OrderWrong;
                }

                _timeStamps[^1] = _timeStamps[^1] with { ValidAt = token.TstInfo.GenTime };
            }

            _timeStamps.Add(new EvidenceTimeStamp(_chain, _position, token, null));
            int length = HashAlgorithms.DigestLength(hash);
            // §4.2: "complete output from the hash algorithm": another length would let lists be cut in another way.
            if (link.ReducedHashtree?.Any(list => list.Values.Any(value => value.Length != length)) == true)
            {
                return EvidenceProblem.HashLengthWrong;
            }

            return _position > 0
                ? Covers(
                    link,
                    token,
                    hash,
                    [CryptographicOperations.HashData(hash, links[_position - 1].TimeStamp.Span)],
                    EvidenceProblem.TimeStampNotCovered
                )
                : CoversData(link, token, hash, length);
        }

        private EvidenceProblem CoversData(ArchiveTimeStamp link, TimeStampToken token, HashAlgorithmName hash, int length)
        {
            if (digestsOf(hash) is not { Count: > 0 } digests || digests.Any(digest => digest.Length != length))
            {
                return EvidenceProblem.DigestNeeded;
            }

            if (_chain == 0)
            {
                return Covers(link, token, hash, digests, EvidenceProblem.DataObjectNotCovered, wholeGroup);
            }

            var before = new ArchiveTimeStampSequence([.. record.Sequence.Chains.Take(_chain)]);
            List<ReadOnlyMemory<byte>> renewed =
            [
                .. digests.Select(digest => (ReadOnlyMemory<byte>)before.RenewedDigest(digest.Span, hash)),
            ];
            return Covers(link, token, hash, renewed, EvidenceProblem.ChainsNotCovered, wholeGroup);
        }

        private static EvidenceProblem Covers(
            ArchiveTimeStamp link,
            TimeStampToken token,
            HashAlgorithmName hash,
            IReadOnlyList<ReadOnlyMemory<byte>> values,
            EvidenceProblem problem,
            bool nothingElse = false
        )
        {
            ReadOnlyMemory<byte> root = values[0];
            if (link.ReducedHashtree is { } tree)
            {
                if (!values.All(value => tree[0].Contains(value.Span)))
                {
                    return problem;
                }

                // One object's list holds its sibling too: only of several can it be said that they are the group.
                if (nothingElse && values.Count > 1 && tree[0].Values.Any(value => !values.Any(v => v.Span.SequenceEqual(value.Span))))
                {
                    return EvidenceProblem.GroupHasOthers;
                }

                root = ReducedHashtree.Root(tree, hash);
            }
            else if (values.Count > 1)
            {
                return problem;
            }

            MessageImprint imprint = token.TstInfo.MessageImprint;
            HashAlgorithmName stamped = HashAlgorithms.FromOid(imprint.HashAlgorithm.Oid)!.Value;
            // §4.2 step 5: another algorithm than the tree's hashes the root once more.
            ReadOnlySpan<byte> message = stamped == hash ? root.Span : CryptographicOperations.HashData(stamped, root.Span);
            return imprint.HashedMessage.Span.SequenceEqual(message) ? EvidenceProblem.None : EvidenceProblem.RootDiffers;
        }
    }
}
