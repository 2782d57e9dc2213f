namespace EContract.Hsm.Native;

/// <summary>What a CK_RV says about the thing that is broken, and so about what heals it.</summary>
internal enum CkrScope
{
    /// <summary>Nothing is broken; the request can't be served.</summary>
    Request,

    /// <summary>This session is of no more use; another one is.</summary>
    Session,

    /// <summary>The login is gone.</summary>
    Login,

    /// <summary>The object handle means nothing any more: find the object again.</summary>
    Handle,

    /// <summary>The token or its connection is ill; a fresh session, then a new initialisation may help.</summary>
    Device,

    /// <summary>The module must be initialised anew.</summary>
    Module,

    /// <summary>The PIN is refused or locked: trying again would lock the token.</summary>
    Pin,
}
