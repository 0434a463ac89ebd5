"""The terms of SHACL and of DASH, and what becomes of each here.

From the SHACL recommendation (2017) with its Advanced Features and JavaScript notes, DASH, and the drafts of
SHACL 1.2 Core. A term that is in none of these tables is unknown.
"""

from __future__ import annotations

from ccn_graph.rdf import namespaces

SH = namespaces.PREFIXES["sh"]
DASH = "http://datashapes.org/dash#"


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


#: Constraints and what shapes are made of: evaluated.
EVALUATED = _names(
    """
    path inversePath alternativePath zeroOrMorePath oneOrMorePath zeroOrOnePath
    targetNode targetClass targetSubjectsOf targetObjectsOf target
    class datatype nodeKind minCount maxCount minExclusive minInclusive maxExclusive maxInclusive minLength maxLength
    pattern flags languageIn uniqueLang equals disjoint lessThan lessThanOrEquals not and or xone node property
    qualifiedValueShape qualifiedMinCount qualifiedMaxCount qualifiedValueShapesDisjoint closed ignoredProperties
    hasValue in sparql select ask prefixes declare prefix namespace parameter optional validator nodeValidator
    propertyValidator severity deactivated message
    """
)

#: What people and forms read, and what a report or a query is written with: no result depends on it.
DESCRIPTIVE = _names(
    """
    name description order group defaultValue labelTemplate shapesGraph suggestedShapesGraph shapesGraphWellFormed
    conforms result resultMessage resultPath resultSeverity focusNode value sourceConstraint sourceConstraintComponent
    sourceShape detail resultAnnotation annotationProperty annotationValue annotationVarName returnType
    codeIdentifier intent agentInstruction
    """
)

#: What adds statements before validation (SHACL Advanced Features): not run, and said so.
NOT_RUN = _names("rule values condition construct update subject predicate object entailment")

#: What would make results if it were evaluated; here it is not.
UNSUPPORTED = _names(
    """
    js jsFunctionName jsLibrary jsLibraryURL expression filterShape nodes intersection union this
    memberShape minListLength maxListLength uniqueMembers reifierShape reificationRequired someValue subsetOf
    singleLine rootClass targetWhere shape nodeByExpression uniqueValuesFor uniqueValuesForClass conformanceDisallows
    """
)

#: Classes and individuals.
NAMED = _names(
    """
    Shape NodeShape PropertyShape ShapeClass NodeKind BlankNode BlankNodeOrIRI BlankNodeOrLiteral IRI IRIOrLiteral
    Literal Severity Info Violation Warning Debug Trace AbstractResult ValidationReport ValidationResult
    ConstraintComponent Parameter Parameterizable PropertyGroup PrefixDeclaration ResultAnnotation Function Rule
    TripleRule Target TargetType Validator SPARQLExecutable SPARQLAskExecutable SPARQLSelectExecutable
    SPARQLConstructExecutable SPARQLUpdateExecutable SPARQLAskValidator SPARQLSelectValidator SPARQLConstraint
    SPARQLFunction SPARQLRule SPARQLTarget SPARQLTargetType
    JSConstraint JSExecutable JSFunction JSLibrary JSRule JSTarget JSTargetType JSValidator
    """
)

#: Constraint components of the standard, without their ending.
COMPONENTS = _names(
    """
    And Class Closed Datatype Disjoint Equals HasValue In LanguageIn LessThan LessThanOrEquals MaxCount MaxExclusive
    MaxInclusive MaxLength MinCount MinExclusive MinInclusive MinLength Node NodeKind Not Or Pattern Property
    QualifiedMaxCount QualifiedMinCount SPARQL UniqueLang Xone Expression JS
    """
)

#: DASH: constraints that would make results.
DASH_UNSUPPORTED = _names(
    """
    closedByTypes coExistsWith hasValueIn hasValueWithClass indexed nonRecursive reifiableBy rootClass
    scriptConstraint singleLine stem subSetOf symmetric uniqueValueForClass uriStart hasClass hasMaxExclusive
    hasMaxInclusive hasMaxLength hasMinExclusive hasMinInclusive hasMinLength hasNodeKind hasPattern hasRootClass
    hasStem isIn isLanguageIn validateShapes
    """
)

#: DASH: what forms, editors and test suites read.
DASH_DESCRIPTIVE = _names(
    """
    abstract actionGroup actionIconClass addedTriple all apiStatus applicableToClass cachable composite contextFree
    defaultLang defaultViewForRole deletedTriple dependencyPredicate detailsEndpoint detailsGraph editor
    expectedResult expectedResultIsJSON expectedResultIsTTL fixed generateClass generatePrefixClasses
    generatePrefixConstants height hidden index isDeactivated js localConstraint mimeTypes neverMaterialize
    onAllValues propertyRole propertySuggestionGenerator readOnly resourceAction resourceService shape shapeScript
    staticConstraint suggestion suggestionConfidence suggestionGenerator suggestionGroup toString uriTemplate
    valueCount viewer width x y testEnvironment includedExecutionPlatform excludedExecutionPlatform
    requiredExecutionPlatform
    """
)

#: All terms of SHACL that there are.
KNOWN = (
    EVALUATED | DESCRIPTIVE | NOT_RUN | UNSUPPORTED | NAMED
    | {f"{name}ConstraintComponent" for name in COMPONENTS}
    | {f"{name}ConstraintComponent-{name[0].lower()}{name[1:]}" for name in COMPONENTS}
)  # fmt: skip

#: Properties of DASH; its classes begin with a capital and are of no consequence for validation.
DASH_KNOWN = DASH_UNSUPPORTED | DASH_DESCRIPTIVE
