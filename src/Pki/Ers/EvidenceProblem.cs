namespace EContract.Pki.Ers;

/// <summary>Why an evidence record does not prove what it is asked for.</summary>
public enum EvidenceProblem
{
    None,

    /// <summary>A time-stamp is not an RFC 3161 token.</summary>
    TimeStampMalformed,

    /// <summary>A hash algorithm is not known here.</summary>
    AlgorithmUnknown,

    /// <summary>§3.1: an algorithm in use is not among digestAlgorithms.</summary>
    AlgorithmNotListed,

    /// <summary>§5.3: the archive time-stamps of one chain have different algorithms.</summary>
    AlgorithmsDifferInChain,

    /// <summary>The data object's digest in a chain's algorithm was not given.</summary>
    DigestNeeded,

    /// <summary>A hash value in a reduced hash tree is not as long as its algorithm's.</summary>
    HashLengthWrong,

    /// <summary>§4.3 step 1: the data object is not in the first list of its first archive time-stamp.</summary>
    DataObjectNotCovered,

    /// <summary>§4.3: the first list holds more than the data objects that were given as the whole group.</summary>
    GroupHasOthers,

    /// <summary>§5.3: a renewal does not cover the time-stamp before it.</summary>
    TimeStampNotCovered,

    /// <summary>§5.3: a new chain does not cover the data object together with the chains before it.</summary>
    ChainsNotCovered,

    /// <summary>§4.3 step 3: the time-stamp is not over the root of the hash tree.</summary>
    RootDiffers,

    /// <summary>A time-stamp is older than the one it is to renew.</summary>
    OrderWrong,
}
