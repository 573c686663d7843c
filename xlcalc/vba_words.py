"""Which names can an argument not have in VBA?

VBA's keywords, in any case, and the name of its function; a module with one of them does not
compile. Such an argument gets an underscore at its end: Excel hands arguments over by place, so
nothing else changes.
"""

# [MS-VBAL], the specification of the language, section 3.3.5.2, read 2026-11-26; at the end words
# with which a statement begins, which a person should not have to tell from an argument.
# https://learn.microsoft.com/openspecs/microsoft_general_purpose_programming_languages/ms-vbal
RESERVED = frozenset(
    """
    call case close const declare defbool defbyte defcur defdate defdbl defint deflng deflnglng
    deflngptr defobj defsng defstr defvar dim do else elseif end endif enum erase event exit for
    friend function get global gosub goto if implements input let lock loop lset next on open option
    print private public put raiseevent redim resume return rset seek select set static stop sub
    type unlock wend while with write
    any as byref byval each in new optional paramarray preserve shared spc tab then to until
    withevents
    addressof and eqv imp is like mod new not or typeof xor
    array circle inputb lbound scale ubound
    boolean byte currency date double integer long longlong longptr single string variant
    abs cbool cbyte ccur cdate cdbl cdec cint clng clnglng clngptr csng cstr cvar cverr debug
    doevents fix int len lenb me pset sgn
    true false nothing empty null rem
    attribute lineinput vb_base vb_control vb_creatable vb_customizable vb_description vb_exposed
    vb_ext_key vb_globalnamespace vb_helpid vb_invoke_func vb_invoke_property
    vb_invoke_propertyput vb_invoke_propertyputref vb_memberflags vb_name vb_predeclaredid
    vb_procdata vb_templatederived vb_usermemid vb_vardescription vb_varhelpid
    vb_varmemberflags vb_varprocdata vb_varusermemid
    cdecl decimal defdec
    error mid midb name
    """.split()  # noqa: SIM905  a list of 200 words in quotation marks is hard to read
)
"""In small letters."""


def usable(name: str, function: str) -> str:
    """Return the name of an argument, or one like it that VBA takes.

    Parameters
    ----------
    name : str
        Its name.
    function : str
        The function, whose name stands for the result and for nothing else.
    """
    return f"{name}_" if name.lower() in RESERVED | {function.lower()} else name
